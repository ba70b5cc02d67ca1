using System.Net;
using Loxi.Core.Connections;
using Loxi.Nat.Connections;

namespace Loxi.Nat.Tables;

internal partial struct RawFlowKey4 : IFlowKey<RawFlowKey4>
{
    public readonly IPAddress Source => WireAddress.ToAddress(Saddr);

    public readonly IPAddress Destination => WireAddress.ToAddress(Daddr);

    public readonly ushort SourcePort => WireAddress.FromWire(Sport);

    public readonly ushort DestinationPort => WireAddress.FromWire(Dport);

    public readonly byte Protocol => Proto;

    public readonly FlowAddress From => FlowRecords.Address(Saddr);

    public readonly FlowAddress To => FlowRecords.Address(Daddr);

    public static bool IsIPv4 => true;

    public static RawFlowKey4 Sibling(in RawFlow flow, byte protocol) =>
        new() { Saddr = flow.Xdaddr4, Daddr = flow.Xsaddr4, Sport = flow.Xdport, Dport = flow.Xsport, Proto = protocol };

    public static IPAddress TranslatedSource(in RawFlow flow) => WireAddress.ToAddress(flow.Xsaddr4);

    public static IPAddress TranslatedDestination(in RawFlow flow) => WireAddress.ToAddress(flow.Xdaddr4);
}
