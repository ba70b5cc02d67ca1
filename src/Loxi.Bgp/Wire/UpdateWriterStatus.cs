namespace Loxi.Bgp.Wire;

/// <summary>What became of a step of <see cref="UpdateWriter"/>.</summary>
internal enum UpdateWriterStatus : byte
{
    Done,

    /// <summary>The message has prefixes, and no room for another: end it and begin one more.</summary>
    MessageFull,

    /// <summary>The buffer has no room for a message with this prefix: send what is there first.</summary>
    BufferFull,

    /// <summary>Attributes and prefix exceed what the peer takes (RFC 4271 9.2, 8654 4): the route cannot be told to it.</summary>
    TooLong,
}
