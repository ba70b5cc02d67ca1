namespace Loxi.Bgp.Session;

/// <summary>What ended an attempt or a session.</summary>
internal enum SessionErrorKind : byte
{
    /// <summary>The TCP connection was not made.</summary>
    ConnectFailed,

    /// <summary>The TCP connection ended without a NOTIFICATION.</summary>
    ConnectionLost,

    /// <summary>We sent a NOTIFICATION.</summary>
    Sent,

    /// <summary>The peer sent a NOTIFICATION.</summary>
    Received,

    /// <summary>A new connection of the peer replaced the old one (RFC 4724 5).</summary>
    Replaced,
}
