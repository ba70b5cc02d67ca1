using System.Buffers.Binary;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>Entries of the tables and events of the programs as records of connections. Allocates nothing.</summary>
internal static class FlowRecords
{
    private const byte IcmpV6 = 58;

    /// <summary>The connection of an entry, whichever direction it is of.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="flow">The entry.</param>
    /// <param name="block">Block of its service.</param>
    /// <param name="age">Time since its last packet.</param>
    /// <param name="operation">What an import of the record shall do.</param>
    public static ConnectionRecord Of<TKey>(in TKey key, in RawFlow flow, uint block, TimeSpan age, ConnectionOperation operation = ConnectionOperation.Put)
        where TKey : unmanaged, IFlowKey<TKey>
    {
        if ((flow.Flags & (Shared.FlowReverse | Shared.FlowDirect)) == 0)
        {
            return OfForward(key, flow, block, age, operation);
        }

        var becomesIPv4 = TKey.IsIPv4 != ((flow.Flags & Shared.FlowCross) != 0);
        return Of(
            new Seen(
                key.From,
                key.To,
                becomesIPv4 ? Address(flow.Xsaddr4) : Address(flow.Xsaddr6),
                becomesIPv4 ? Address(flow.Xdaddr4) : Address(flow.Xdaddr6),
                key.SourcePort,
                key.DestinationPort,
                WireAddress.FromWire(flow.Xsport),
                WireAddress.FromWire(flow.Xdport),
                flow.Flags),
            new ConnectionRecord
            {
                Operation = operation,
                Protocol = Protocol(key.Protocol),
                State = (ConnectionState)flow.State,
                Version = new ConnectionVersion(flow.Version),
                VipGroup = flow.VipGroup,
                Block = block,
                Age = age,
            });
    }

    /// <summary>The connection that an event is about.</summary>
    /// <param name="e">The event.</param>
    /// <param name="block">Block of its service.</param>
    public static ConnectionRecord Of(in RawEvent e, uint block) => Of(
        new Seen(
            Address(e.Saddr),
            Address(e.Daddr),
            Address(e.Xsaddr),
            Address(e.Xdaddr),
            WireAddress.FromWire(e.Sport),
            WireAddress.FromWire(e.Dport),
            WireAddress.FromWire(e.Xsport),
            WireAddress.FromWire(e.Xdport),
            e.Flags),
        new ConnectionRecord
        {
            Operation = (RawEventType)e.Type == RawEventType.Removed ? ConnectionOperation.Delete : ConnectionOperation.Put,
            Protocol = Protocol(e.Proto),
            State = (ConnectionState)e.State,
            Version = new ConnectionVersion(e.Version),
            VipGroup = e.VipGroup,
            Block = block,
        });

    public static FlowAddress Address(in Bytes16 bytes) => FlowAddress.Read(bytes);

    /// <summary>An address as the tables hold it in 4 bytes.</summary>
    public static FlowAddress Address(uint wire) =>
        FlowAddress.FromIPv4(BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(wire) : wire);

    /// <summary>Nearly all: in one step, a dump is made of millions.</summary>
    private static ConnectionRecord OfForward<TKey>(in TKey key, in RawFlow flow, uint block, TimeSpan age, ConnectionOperation operation)
        where TKey : unmanaged, IFlowKey<TKey>
    {
        var becomesIPv4 = TKey.IsIPv4 != ((flow.Flags & Shared.FlowCross) != 0);
        return new ConnectionRecord
        {
            Client = key.From,
            Vip = key.To,
            Source = becomesIPv4 ? Address(flow.Xsaddr4) : Address(flow.Xsaddr6),
            Endpoint = becomesIPv4 ? Address(flow.Xdaddr4) : Address(flow.Xdaddr6),
            Version = new ConnectionVersion(flow.Version),
            Age = age,
            Block = block,
            ClientPort = key.SourcePort,
            VipPort = key.DestinationPort,
            SourcePort = WireAddress.FromWire(flow.Xsport),
            EndpointPort = WireAddress.FromWire(flow.Xdport),
            Operation = operation,
            Protocol = Protocol(key.Protocol),
            State = (ConnectionState)flow.State,
            Traits = Traits(flow.Flags),
            VipGroup = flow.VipGroup,
        };
    }

    private static ConnectionRecord Of(in Seen seen, in ConnectionRecord record)
    {
        var traits = Traits(seen.Flags);
        if ((seen.Flags & Shared.FlowDirect) != 0)
        {
            return record with
            {
                Traits = traits,
                Client = seen.Source,
                ClientPort = seen.SourcePort,
                Vip = seen.Destination,
                VipPort = seen.DestinationPort,
                Source = seen.Source,
                SourcePort = seen.SourcePort,
                Endpoint = seen.NewDestination,
                EndpointPort = seen.DestinationPort,
            };
        }

        return (seen.Flags & Shared.FlowReverse) != 0
            ? record with
            {
                Traits = traits,
                Client = seen.NewDestination,
                ClientPort = seen.NewDestinationPort,
                Vip = seen.NewSource,
                VipPort = seen.NewSourcePort,
                Source = seen.Destination,
                SourcePort = seen.DestinationPort,
                Endpoint = seen.Source,
                EndpointPort = seen.SourcePort,
            }
            : record with
            {
                Traits = traits,
                Client = seen.Source,
                ClientPort = seen.SourcePort,
                Vip = seen.Destination,
                VipPort = seen.DestinationPort,
                Source = seen.NewSource,
                SourcePort = seen.NewSourcePort,
                Endpoint = seen.NewDestination,
                EndpointPort = seen.NewDestinationPort,
            };
    }

    private static ConnectionTraits Traits(ushort flags) =>
        ((flags & Shared.FlowCross) != 0 ? ConnectionTraits.CrossFamily : 0)
        | ((flags & Shared.FlowDirect) != 0 ? ConnectionTraits.Direct : 0)
        | ((flags & Shared.FlowTunnel) != 0 ? ConnectionTraits.Tunnel : 0)
        | ((flags & Shared.FlowLoose) != 0 ? ConnectionTraits.Loose : 0);

    /// <summary>The protocol's number in the other family: only ICMP has two.</summary>
    public static byte OtherProtocol(byte number) => number switch
    {
        (byte)ServiceProtocol.Icmp => IcmpV6,
        IcmpV6 => (byte)ServiceProtocol.Icmp,
        _ => number,
    };

    public static byte WireProtocol(ServiceProtocol protocol, bool isIPv4) => protocol == ServiceProtocol.Icmp && !isIPv4 ? IcmpV6 : (byte)protocol;

    public static int Flags(ConnectionTraits traits) =>
        ((traits & ConnectionTraits.CrossFamily) != 0 ? Shared.FlowCross : 0)
        | ((traits & ConnectionTraits.Direct) != 0 ? Shared.FlowDirect : 0)
        | ((traits & ConnectionTraits.Tunnel) != 0 ? Shared.FlowTunnel : 0)
        | ((traits & ConnectionTraits.Loose) != 0 ? Shared.FlowLoose : 0);

    private static ServiceProtocol Protocol(byte number) => number == IcmpV6 ? ServiceProtocol.Icmp : (ServiceProtocol)number;

    /// <summary>A packet of one direction, before and after.</summary>
    private readonly record struct Seen(
        FlowAddress Source,
        FlowAddress Destination,
        FlowAddress NewSource,
        FlowAddress NewDestination,
        ushort SourcePort,
        ushort DestinationPort,
        ushort NewSourcePort,
        ushort NewDestinationPort,
        ushort Flags);
}
