using Loxi.Core.Services;

namespace Loxi.Core.Connections;

/// <summary>Which records describe a connection that there can be. What comes from another node is checked by these before it is used.</summary>
public static class ConnectionRecordRules
{
    private const ConnectionTraits Known = ConnectionTraits.CrossFamily | ConnectionTraits.Direct | ConnectionTraits.Tunnel | ConnectionTraits.Loose;

    /// <summary>Finds the first problem, in the order of <see cref="ConnectionRecordProblem"/>; allocates nothing.</summary>
    /// <param name="record">The record.</param>
    /// <returns>The problem, or <see cref="ConnectionRecordProblem.None"/>.</returns>
    public static ConnectionRecordProblem Check(in ConnectionRecord record)
    {
        if (record.Format != ConnectionRecord.CurrentFormat)
        {
            return ConnectionRecordProblem.Format;
        }

        if (record.Operation is not (ConnectionOperation.Put or ConnectionOperation.Delete or ConnectionOperation.Refresh))
        {
            return ConnectionRecordProblem.Operation;
        }

        if (record.Protocol is not (ServiceProtocol.Tcp or ServiceProtocol.Udp or ServiceProtocol.Icmp or ServiceProtocol.Sctp))
        {
            return ConnectionRecordProblem.Protocol;
        }

        if (!IsStateOf(record.Protocol, record.State))
        {
            return ConnectionRecordProblem.State;
        }

        if (!AreTraitsPossible(record))
        {
            return ConnectionRecordProblem.Traits;
        }

        return CheckEnds(record);
    }

    /// <summary>Says what is wrong in words.</summary>
    /// <param name="record">The record.</param>
    /// <param name="problem">What <see cref="Check"/> has found in it.</param>
    /// <returns>The member, its value and what was expected.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="problem"/> is none of the enumeration, or no problem.</exception>
    public static Problem Explain(in ConnectionRecord record, ConnectionRecordProblem problem) => problem switch
    {
        ConnectionRecordProblem.Format => Problem.Of("format", record.Format, $"{ConnectionRecord.CurrentFormat}"),
        ConnectionRecordProblem.Operation => Problem.Of("operation", record.Operation, "put, delete or refresh"),
        ConnectionRecordProblem.Protocol => Problem.Of("protocol", record.Protocol, "tcp, udp, sctp or icmp"),
        ConnectionRecordProblem.State => Problem.Of("state", record.State, $"a state of {record.Protocol}"),
        ConnectionRecordProblem.Traits => Problem.Of("traits", record.Traits, "known traits, Tunnel only with Direct, Loose only with TCP or SCTP that is established or later"),
        ConnectionRecordProblem.Family => Problem.Of("endpoint", Ends(record), "client and VIP, and source and endpoint, of one family each; both the same exactly without CrossFamily"),
        ConnectionRecordProblem.Address => Problem.Of("address", Ends(record), "unicast addresses that are not zero, loopback or reserved"),
        ConnectionRecordProblem.Port => Problem.Of("port", Ends(record), "ports 1 to 65535; for ICMP 0 at the VIP and the endpoint"),
        ConnectionRecordProblem.Direct => Problem.Of("source", Ends(record), "the client as source and the port of the VIP at the endpoint: with Direct nothing is translated"),
        ConnectionRecordProblem.Age => Problem.Of("age", record.Age, $"0 to {ConnectionRecord.MaxAge.TotalDays:F0} days"),
        ConnectionRecordProblem.Version => Problem.Of("version", record.Version, "a counter of 1 or more"),
        _ => throw new ArgumentOutOfRangeException(nameof(problem), problem, "expected a problem that a record can have"),
    };

    /// <summary>Whether a connection of the protocol can be in the state.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="state">The state.</param>
    /// <returns>True when it can.</returns>
    public static bool IsStateOf(ServiceProtocol protocol, ConnectionState state) => protocol switch
    {
        ServiceProtocol.Tcp => state is >= ConnectionState.SynSent and <= ConnectionState.Reset,
        ServiceProtocol.Udp or ServiceProtocol.Icmp => state is ConnectionState.OneWay or ConnectionState.TwoWay,
        ServiceProtocol.Sctp => state is ConnectionState.Established or ConnectionState.Closing or ConnectionState.Reset
            or (>= ConnectionState.Init and <= ConnectionState.Shutdown),
        _ => false,
    };

    private static bool AreTraitsPossible(in ConnectionRecord record)
    {
        var traits = record.Traits;
        return (traits & ~Known) == 0
            && ((traits & ConnectionTraits.Tunnel) == 0 || (traits & ConnectionTraits.Direct) != 0)
            && ((traits & ConnectionTraits.Loose) == 0 || MayBeLoose(record.Protocol, record.State));
    }

    /// <summary>Without a handshake there is none of its states.</summary>
    private static bool MayBeLoose(ServiceProtocol protocol, ConnectionState state) => protocol switch
    {
        ServiceProtocol.Tcp => state >= ConnectionState.Established,
        ServiceProtocol.Sctp => state is not (ConnectionState.Init or ConnectionState.InitAck or ConnectionState.Cookie),
        _ => false,
    };

    private static ConnectionRecordProblem CheckEnds(in ConnectionRecord record)
    {
        var direct = (record.Traits & ConnectionTraits.Direct) != 0;
        if (!AreFamiliesPossible(record, direct))
        {
            return ConnectionRecordProblem.Family;
        }

        if (!record.Client.IsUnicast || !record.Vip.IsUnicast || !record.Source.IsUnicast || !record.Endpoint.IsUnicast)
        {
            return ConnectionRecordProblem.Address;
        }

        if (!ArePortsPossible(record))
        {
            return ConnectionRecordProblem.Port;
        }

        if (direct && (record.Source != record.Client || record.SourcePort != record.ClientPort || record.EndpointPort != record.VipPort))
        {
            return ConnectionRecordProblem.Direct;
        }

        if (record.Age < TimeSpan.Zero || record.Age > ConnectionRecord.MaxAge)
        {
            return ConnectionRecordProblem.Age;
        }

        return record.Version.Counter == 0 ? ConnectionRecordProblem.Version : ConnectionRecordProblem.None;
    }

    /// <summary>With direct server return in a tunnel of the other family only the endpoint is of that family.</summary>
    private static bool AreFamiliesPossible(in ConnectionRecord record, bool direct)
    {
        var crosses = record.Client.IsIPv4 != record.Endpoint.IsIPv4;
        return record.Client.IsIPv4 == record.Vip.IsIPv4
            && crosses == ((record.Traits & ConnectionTraits.CrossFamily) != 0)
            && record.Source.IsIPv4 == (direct ? record.Client.IsIPv4 : record.Endpoint.IsIPv4)
            && (!crosses || !direct || (record.Traits & ConnectionTraits.Tunnel) != 0);
    }

    private static bool ArePortsPossible(in ConnectionRecord record) => record.Protocol == ServiceProtocol.Icmp
        ? record.VipPort == 0 && record.EndpointPort == 0
        : record.ClientPort != 0 && record.VipPort != 0 && record.SourcePort != 0 && record.EndpointPort != 0;

    private static string Ends(in ConnectionRecord record) =>
        $"{record.Client} {record.ClientPort} > {record.Vip} {record.VipPort} as {record.Source} {record.SourcePort} > {record.Endpoint} {record.EndpointPort}";
}
