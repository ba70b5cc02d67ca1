namespace Loxi.Bgp;

/// <summary>What a reset does to a session.</summary>
public enum BgpResetKind : byte
{
    /// <summary>The routes of the peer pass the import policies anew; where they are not kept, the peer is asked for them (RFC 2918).</summary>
    SoftIn,

    /// <summary>All routes to the peer pass the export policies anew and are sent again.</summary>
    SoftOut,

    /// <summary><see cref="SoftIn"/> and <see cref="SoftOut"/>.</summary>
    Soft,

    /// <summary>The session is closed with Cease 6/4 (RFC 4486, with a text RFC 9003) and comes up anew at once.</summary>
    Hard,
}
