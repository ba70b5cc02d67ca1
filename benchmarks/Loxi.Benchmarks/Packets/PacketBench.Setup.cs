namespace Loxi.Benchmarks.Packets;

/// <summary>The opening of a connection: what all of its packets cost until both sides have sent data.</summary>
internal sealed partial class PacketBench
{
    private const string SetupRow = "loxi, connection set-up";
    /// <summary>5.5 us on the machine of the design, where the floor took 1.453 us to begin a flow (TC, 100,000 flows in the table).</summary>
    private const double SetupGate = 5.5 / 1.453;

    /// <summary>SYN, SYN-ACK, ACK, and data in both directions, of flows from one on.</summary>
    private static (string Name, FlowSet Flows)[] SetupPackets(uint first)
    {
        const uint endpointStart = 1_000_000;
        var service = BalancedService.Setup;
        FlowSet client = service.New(first, FlowSet.Syn);
        FlowSet endpoint = client with { Peer = service.Endpoint(0), PeerPort = service.EndpointPort, Reverse = true };
        return
        [
            ("SYN", client),
            ("SYN-ACK", endpoint with { TcpFlags = FlowSet.Syn | FlowSet.Ack, Sequence = endpointStart, Acknowledged = 2 }),
            ("ACK", client with { TcpFlags = FlowSet.Ack, Sequence = 2, Acknowledged = endpointStart + 1 }),
            ("data", client with { TcpFlags = FlowSet.PushAck, Sequence = 2, Acknowledged = endpointStart + 1 }),
            ("data back", endpoint with { TcpFlags = FlowSet.PushAck, Sequence = endpointStart + 1, Acknowledged = 8 }),
        ];
    }

    /// <summary>The floor begins flows in turn with it: one packet of five, and nothing but the two entries.</summary>
    private void MeasureSetup(PacketGenerator generator, FloorDataPlane floor, BalancerDataPlane loxi, Hook hook, uint occupied)
    {
        double least = 0;
        var sums = new double[SetupPackets(0).Length];
        for (var turn = 0; turn < Turns; turn++)
        {
            // Behind those that the rows for new flows take.
            var first = Next(occupied, (2 * Turns) + turn);
            least += generator.Net(floor.Connect, BalancedService.Ipv4.New(first, FlowSet.Syn), NewFlows / Turns, floor.Verdict);
            var packets = SetupPackets(first);
            for (var i = 0; i < packets.Length; i++)
            {
                sums[i] += generator.Net(loxi.Connect, packets[i].Flows, NewFlows / Turns, loxi.Verdict);
            }
        }

        report.Add(Label(hook, "floor, beside the set-up", 4, "new at", occupied), "ns", least / Turns);
        report.Add(Label(hook, SetupRow, 4, "at", occupied), "ns", sums.Sum() / Turns);
        for (var i = 0; i < sums.Length; i++)
        {
            report.Add(Label(hook, $"{SetupRow}, {SetupPackets(0)[i].Name}", 4, "at", occupied), "ns", sums[i] / Turns);
        }
    }
}
