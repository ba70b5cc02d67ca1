namespace Loxi.Benchmarks.Packets;

/// <summary>Which packets the generator writes.</summary>
/// <param name="Family">4 or 6.</param>
/// <param name="Flows">Number of flows to draw from.</param>
/// <param name="Random">Any of them, or one after the other from <paramref name="First"/> on.</param>
/// <param name="First">First flow when not random.</param>
/// <param name="TcpFlags">TCP flags of the packets.</param>
internal sealed record FlowSet(int Family, uint Flows, bool Random, uint First, byte TcpFlags)
{
    internal const byte Syn = 0x02;
    internal const byte Ack = 0x10;

    /// <summary>Every packet belongs to any of the flows that are in the table.</summary>
    internal static FlowSet Established(int family, uint flows) => new(family, flows, true, 0, Ack);

    /// <summary>Every packet begins a flow of its own.</summary>
    internal static FlowSet New(int family, uint first, byte flags) => new(family, uint.MaxValue, false, first, flags);
}
