namespace Loxi.Bgp;

/// <summary>What the host knows of the BFD session with a peer.</summary>
public enum BgpBfdState : byte
{
    /// <summary>There is no BFD session, or it has not been up yet, or one side is administratively down (RFC 5882 3.2: no sign of a failure).</summary>
    Unknown,

    /// <summary>The session was up and went down.</summary>
    Down,

    /// <summary>It is up.</summary>
    Up,
}
