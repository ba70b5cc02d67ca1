using Loxi.Core.Services;

namespace Loxi.Core.Connections;

/// <summary>
/// A connection as a balancer hands it out and takes it in: by what both ends see, both directions in one. A value of fixed size without
/// references; nothing of it depends on the node, except <see cref="VipGroup"/>. Read by members, never as bytes: the layout is no format.
/// </summary>
public readonly record struct ConnectionRecord
{
    /// <summary>What the members mean, as a number. Records of another one are refused.</summary>
    public const byte CurrentFormat = 1;

    /// <summary>Greatest <see cref="Age"/>: the longest <see cref="Service.InactiveTimeout"/>, 30 days.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(30);

    /// <summary>A record of the current format that is to be put.</summary>
    public ConnectionRecord()
    {
        Format = CurrentFormat;
        Operation = ConnectionOperation.Put;
    }

    /// <summary>The client's address.</summary>
    public FlowAddress Client { get; init; }

    /// <summary>The address that the client uses.</summary>
    public FlowAddress Vip { get; init; }

    /// <summary>The client's address as the endpoint sees it; with <see cref="ConnectionTraits.Direct"/> that of the client.</summary>
    public FlowAddress Source { get; init; }

    /// <summary>The endpoint's address.</summary>
    public FlowAddress Endpoint { get; init; }

    /// <summary>Which of two records about the connection is the newer one.</summary>
    public ConnectionVersion Version { get; init; }

    /// <summary>
    /// Time since the last packet in either direction, in steps of 16.8 ms, zero to <see cref="MaxAge"/>. Not a time of day: it can be told to a
    /// node with other clocks. What it lost on the way is the sender's to add.
    /// </summary>
    public TimeSpan Age { get; init; }

    /// <summary>Traffic class (firewall mark) of the service; 0 = none.</summary>
    public uint Block { get; init; }

    /// <summary>The client's port; the identifier of an ICMP echo.</summary>
    public ushort ClientPort { get; init; }

    /// <summary>The port that the client uses; 0 for ICMP.</summary>
    public ushort VipPort { get; init; }

    /// <summary>The client's port, or identifier, as the endpoint sees it.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>The endpoint's port; 0 for ICMP.</summary>
    public ushort EndpointPort { get; init; }

    /// <summary><see cref="CurrentFormat"/>; 0 in a record that was never filled in.</summary>
    public byte Format { get; init; }

    /// <summary>What an import shall do.</summary>
    public ConnectionOperation Operation { get; init; }

    /// <summary>Protocol.</summary>
    public ServiceProtocol Protocol { get; init; }

    /// <summary>How far the connection is.</summary>
    public ConnectionState State { get; init; }

    /// <summary>How it is carried.</summary>
    public ConnectionTraits Traits { get; init; }

    /// <summary>Number of its VIP group on the node that made the record. An import takes the group of the service instead.</summary>
    public byte VipGroup { get; init; }
}
