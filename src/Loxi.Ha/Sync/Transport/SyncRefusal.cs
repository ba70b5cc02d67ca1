namespace Loxi.Ha.Sync.Transport;

/// <summary>Why a connection was not made, or was refused before its first frame. What is wrong with a frame is a <see cref="Wire.SyncFrameProblem"/>.</summary>
public enum SyncRefusal
{
    /// <summary>It was made.</summary>
    None = 0,

    /// <summary>The other end does not speak TLS 1.3, or has ended it.</summary>
    TlsFailed = 1,

    /// <summary>The other end has no certificate.</summary>
    NoCertificate = 2,

    /// <summary>The other end's certificate is that of no peer; or not that of the peer that was called.</summary>
    NotPinned = 3,

    /// <summary>The other end wants neither of the two channels.</summary>
    WrongProtocol = 4,

    /// <summary>A peer has connected to which this node connects: of two nodes the one with the lower number does.</summary>
    WrongDirection = 5,

    /// <summary>More connections at once than there may be that have not proven who they are.</summary>
    TooMany = 6,

    /// <summary>The other end took too long.</summary>
    TimedOut = 7,

    /// <summary>The peer is not there: its address does not answer, or refuses.</summary>
    Unreachable = 8,
}
