namespace Loxi.Nat.Tables;

/// <summary>A list of source addresses by what is in it.</summary>
internal readonly struct SourceContent(UInt128[] addresses) : IEquatable<SourceContent>
{
    private readonly UInt128[] _addresses = addresses;

    public bool Equals(SourceContent other) => _addresses.AsSpan().SequenceEqual(other._addresses);

    public override bool Equals(object? obj) => obj is SourceContent other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var address in _addresses)
        {
            hash.Add(address);
        }

        return hash.ToHashCode();
    }
}
