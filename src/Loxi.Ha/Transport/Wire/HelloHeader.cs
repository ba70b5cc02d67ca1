namespace Loxi.Ha.Transport.Wire;

/// <summary>What a datagram says of its sender, whatever groups it carries.</summary>
internal readonly record struct HelloHeader
{
    /// <summary>Asks for an answer (R2a).</summary>
    public bool IsRequest { get; init; }

    /// <summary>Answers such a request.</summary>
    public bool IsAnswer { get; init; }

    public ushort NodeId { get; init; }

    /// <summary>0: not authenticated.</summary>
    public ushort KeyId { get; init; }

    /// <summary>Which of the datagrams with this sequence: each has other groups.</summary>
    public byte Part { get; init; }

    public byte Groups { get; init; }

    public byte Heard { get; init; }

    public ulong Incarnation { get; init; }

    public ulong Sequence { get; init; }

    /// <summary>The last sequence that came on this path from the receiver; 0 for none.</summary>
    public ulong EchoSequence { get; init; }

    /// <summary>How long ago that came, in microseconds.</summary>
    public uint EchoDelay { get; init; }

    /// <summary>The sender's wall clock (<see cref="HelloLayout.WallClockAt"/>); 0 for not told.</summary>
    public uint WallClock { get; init; }

    /// <summary>Octets of the datagram without the authentication.</summary>
    public int ContentLength { get; init; }
}
