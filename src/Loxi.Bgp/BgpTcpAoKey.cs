namespace Loxi.Bgp;

/// <summary>A key of TCP-AO (RFC 5925), a master key tuple whose SendID and RecvID are the same on both sides. Immutable; compares by value.</summary>
/// <param name="Id">SendID and RecvID.</param>
/// <param name="Secret">The master key, 1 to 80 bytes of UTF-8. Never logged nor shown.</param>
public sealed record BgpTcpAoKey(byte Id, string Secret)
{
    /// <summary>How it signs.</summary>
    /// <value>Default: <see cref="BgpTcpAoAlgorithm.HmacSha1"/>.</value>
    public BgpTcpAoAlgorithm Algorithm { get; init; }

    /// <summary>The key without its secret.</summary>
    /// <returns>For example <c>key 1 HmacSha1</c>.</returns>
    public override string ToString() => $"key {Id} {Algorithm}";
}
