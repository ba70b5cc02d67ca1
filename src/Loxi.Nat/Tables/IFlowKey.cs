using System.Net;
using Loxi.Core.Connections;

namespace Loxi.Nat.Tables;

/// <summary>What the keys of the IPv4 and the IPv6 flow table have in common.</summary>
internal interface IFlowKey<TSelf>
    where TSelf : unmanaged, IFlowKey<TSelf>
{
    IPAddress Source { get; }

    IPAddress Destination { get; }

    ushort SourcePort { get; }

    ushort DestinationPort { get; }

    byte Protocol { get; }

    /// <summary>Source, as a value.</summary>
    FlowAddress From { get; }

    /// <summary>Destination, as a value.</summary>
    FlowAddress To { get; }

    static abstract bool IsIPv4 { get; }

    /// <summary>The key under which the other direction of the flow is stored.</summary>
    static abstract TSelf Sibling(in RawFlow flow, byte protocol);

    static abstract IPAddress TranslatedSource(in RawFlow flow);

    static abstract IPAddress TranslatedDestination(in RawFlow flow);
}
