using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>What one pass over the flow tables knows and finds.</summary>
internal struct SweepState
{
    public required uint Now { get; init; }

    public required ServiceTables Services { get; init; }

    public required ConnectionTimeouts Timeouts { get; init; }

    /// <summary>Endpoints whose flows go; null when there are none.</summary>
    public required HashSet<uint>? Retired { get; init; }

    /// <summary>Connections by endpoint, counted on the way.</summary>
    public required uint[] Active { get; init; }

    /// <summary>The counts of the programs, checked on the way; null for none.</summary>
    public LoadCheck? Loads { get; init; }

    /// <summary>Connections that are there.</summary>
    public long Count { get; set; }

    public long Expired { get; set; }

    public long Removed { get; set; }

    public readonly bool IsRetired(uint endpoint) => Retired is not null && Retired.Contains(endpoint);

    /// <summary>A forward entry that stays.</summary>
    public void CountForward(in RawFlow flow)
    {
        Count++;
        Loads?.Count(flow);
        if (flow.Endpoint < Active.Length)
        {
            Active[flow.Endpoint]++;
        }
    }

    /// <summary>In ticks of flow.last_seen.</summary>
    public readonly int TimeoutOf(ServiceProtocol protocol, in RawFlow flow) =>
        TimeoutOf(Timeouts, protocol, flow.State, (flow.Flags & Shared.FlowLoose) != 0, Services.OwnerOf(flow.Endpoint)?.Desired?.InactiveTimeout ?? TimeSpan.Zero);

    /// <summary>In ticks of flow.last_seen.</summary>
    /// <param name="timeouts">The timeouts in force.</param>
    /// <param name="protocol">The protocol of the connection.</param>
    /// <param name="state">Its state.</param>
    /// <param name="loose">Picked up in its middle and not answered yet: it may be made up.</param>
    /// <param name="service">What its service says for open connections; zero for nothing.</param>
    public static int TimeoutOf(ConnectionTimeouts timeouts, ServiceProtocol protocol, byte state, bool loose, TimeSpan service)
    {
        var unconfirmed = loose && state == (byte)ConnectionState.Established;
        var inTheMaking = protocol == ServiceProtocol.Sctp ? ConnectionState.Init : ConnectionState.SynReceived;
        return FlowClock.ToTicks(timeouts.For(protocol, unconfirmed ? inTheMaking : (ConnectionState)state, service));
    }
}
