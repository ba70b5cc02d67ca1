namespace Loxi.Bgp;

/// <summary>Why a session, or an attempt at one, ended.</summary>
/// <param name="Time">When, by the wall clock.</param>
/// <param name="Text">Why, in words, e.g. <c>hold time expired</c>, <c>connection refused</c>, <c>Cease: Administrative Shutdown "maintenance"</c>.</param>
public sealed record BgpSessionEnd(DateTimeOffset Time, string Text)
{
    /// <summary>The state that ended.</summary>
    public BgpState State { get; init; }

    /// <summary>Whether the peer ended it.</summary>
    public bool IsRemote { get; init; }

    /// <summary>Error code of the NOTIFICATION (RFC 4271 4.5).</summary>
    /// <value>Null: there was none.</value>
    public byte? Code { get; init; }

    /// <summary>Its subcode.</summary>
    /// <value>Null: there was none.</value>
    public byte? Subcode { get; init; }

    /// <summary>How often it came in a row; <see cref="Time"/> is the last.</summary>
    public int Count { get; init; } = 1;
}
