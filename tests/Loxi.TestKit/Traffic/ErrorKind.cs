namespace Loxi.TestKit.Traffic;

/// <summary>How a request failed.</summary>
public enum ErrorKind
{
    /// <summary>No connection within the timeout.</summary>
    ConnectTimeout,

    /// <summary>A reset, or an ICMP port unreachable, answered the attempt.</summary>
    Refused,

    /// <summary>An ICMP unreachable, or no route.</summary>
    Unreachable,

    /// <summary>The connection was reset after it was established.</summary>
    Reset,

    /// <summary>The peer closed the connection before its answer.</summary>
    Closed,

    /// <summary>No answer within the timeout.</summary>
    Timeout,

    /// <summary>The answer was not what was asked for.</summary>
    BadAnswer,

    /// <summary>An answer from another server than this connection's earlier ones.</summary>
    ServerChanged,

    /// <summary>Any other error of a socket.</summary>
    Other,
}
