namespace Loxi.Bfd;

/// <summary>State of a session, with its value on the wire (RFC 5880 4.1, 6.2).</summary>
public enum BfdState : byte
{
    /// <summary>Held down by its administrator. Says nothing about the path: a client with another sign of life keeps it (RFC 5882 3.2).</summary>
    AdminDown = 0,

    /// <summary>Down, or just made.</summary>
    Down = 1,

    /// <summary>The peer is heard and does not yet say that it hears us.</summary>
    Init = 2,

    /// <summary>Both sides hear each other.</summary>
    Up = 3,
}
