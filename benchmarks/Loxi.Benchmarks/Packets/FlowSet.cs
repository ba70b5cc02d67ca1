using System.Net;

namespace Loxi.Benchmarks.Packets;

/// <summary>Which packets the generator writes.</summary>
/// <param name="Family">4 or 6.</param>
/// <param name="Peer">The other end than the client: the VIP, or the endpoint when <paramref name="Reverse"/>.</param>
/// <param name="Flows">Number of flows to draw from.</param>
/// <param name="Random">Any of them, or one after the other from <paramref name="First"/> on.</param>
/// <param name="First">First flow when not random.</param>
/// <param name="TcpFlags">TCP flags of the packets.</param>
internal sealed record FlowSet(int Family, IPAddress Peer, uint Flows, bool Random, uint First, byte TcpFlags)
{
    internal const byte Syn = 0x02;
    internal const byte Ack = 0x10;
    internal const byte PushAck = 0x18;

    internal ushort PeerPort { get; init; } = Frames.ServicePort;

    /// <summary>Packets to the clients instead of from them.</summary>
    internal bool Reverse { get; init; }

    /// <summary>The program that is measured changes the size of the frame.</summary>
    internal bool Resizes { get; init; }

    internal uint Sequence { get; init; } = 1;

    internal uint Acknowledged { get; init; } = 1;

    /// <summary>Every packet belongs to any of the flows that are in the table.</summary>
    internal static FlowSet Established(int family, IPAddress vip, uint flows) => new(family, vip, flows, true, 0, Ack);

    /// <summary>Every packet begins a flow of its own.</summary>
    internal static FlowSet New(int family, IPAddress vip, uint first, byte flags) => new(family, vip, uint.MaxValue, false, first, flags);
}
