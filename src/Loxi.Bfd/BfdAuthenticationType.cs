namespace Loxi.Bfd;

/// <summary>How the packets of a session are authenticated, with the value on the wire (RFC 5880 4.1, 6.7).</summary>
public enum BfdAuthenticationType : byte
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>A password in clear text, 1 to 16 bytes (6.7.2). Protects from mistakes, not from an attacker.</summary>
    SimplePassword = 1,

    /// <summary>MD5 with a key of 1 to 16 bytes (6.7.3); the sequence number may repeat.</summary>
    KeyedMd5 = 2,

    /// <summary>As <see cref="KeyedMd5"/> with a sequence number that grows by each packet.</summary>
    MeticulousKeyedMd5 = 3,

    /// <summary>SHA-1 with a key of 1 to 20 bytes (6.7.4); the sequence number may repeat.</summary>
    KeyedSha1 = 4,

    /// <summary>As <see cref="KeyedSha1"/> with a sequence number that grows by each packet. The strongest of the five.</summary>
    MeticulousKeyedSha1 = 5,
}
