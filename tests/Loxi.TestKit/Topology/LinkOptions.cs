namespace Loxi.TestKit.Topology;

/// <summary>How the two ends of a link are set up.</summary>
public sealed record LinkOptions
{
    /// <summary>MTU of both ends in bytes.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>
    /// Whether sockets leave checksums to the device. Off: frames on the wire carry whole checksums, as XDP programs
    /// on a veth need it (there is no device that would complete them).
    /// </summary>
    public bool ChecksumOffload { get; init; }

    /// <summary>
    /// GRO on both ends: a veth receives frames redirected by XDP only when its own end has NAPI, which GRO brings.
    /// </summary>
    public bool Gro { get; init; } = true;

    /// <summary>Number of queues of each end.</summary>
    public int Queues { get; init; } = 1;
}
