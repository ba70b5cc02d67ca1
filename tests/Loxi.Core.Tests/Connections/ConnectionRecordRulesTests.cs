using CsCheck;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Tests.Shared;
using Xunit;

namespace Loxi.Core.Tests.Connections;

public sealed class ConnectionRecordRulesTests
{
    private static readonly FlowAddress _ipv6 = Records.Address("2001:db8:100::10");

    public static TheoryData<string, ConnectionRecord, ConnectionRecordProblem> Impossible()
    {
        var tcp = Records.Tcp;
        var direct = Records.Direct;
        return new TheoryData<string, ConnectionRecord, ConnectionRecordProblem>
        {
            { "never filled in", default, ConnectionRecordProblem.Format },
            { "of the next format", tcp with { Format = ConnectionRecord.CurrentFormat + 1 }, ConnectionRecordProblem.Format },
            { "no operation", tcp with { Operation = ConnectionOperation.None }, ConnectionRecordProblem.Operation },
            { "operation of a later version", tcp with { Operation = (ConnectionOperation)4 }, ConnectionRecordProblem.Operation },
            { "no protocol", tcp with { Protocol = ServiceProtocol.None }, ConnectionRecordProblem.Protocol },
            { "GRE", tcp with { Protocol = (ServiceProtocol)47 }, ConnectionRecordProblem.Protocol },
            { "no state", tcp with { State = ConnectionState.None }, ConnectionRecordProblem.State },
            { "state of UDP", tcp with { State = ConnectionState.TwoWay }, ConnectionRecordProblem.State },
            { "state of SCTP", tcp with { State = ConnectionState.Cookie }, ConnectionRecordProblem.State },
            { "state of TCP", Records.Echo with { State = ConnectionState.Established }, ConnectionRecordProblem.State },
            { "half-closed SCTP", tcp with { Protocol = ServiceProtocol.Sctp, State = ConnectionState.HalfClosed }, ConnectionRecordProblem.State },
            { "state of a later version", tcp with { State = (ConnectionState)13 }, ConnectionRecordProblem.State },
            { "trait of a later version", tcp with { Traits = (ConnectionTraits)16 }, ConnectionRecordProblem.Traits },
            { "tunnel without direct return", tcp with { Traits = ConnectionTraits.Tunnel }, ConnectionRecordProblem.Traits },
            { "loose UDP", tcp with { Protocol = ServiceProtocol.Udp, State = ConnectionState.TwoWay, Traits = ConnectionTraits.Loose }, ConnectionRecordProblem.Traits },
            { "loose before it is open", tcp with { State = ConnectionState.SynSent, Traits = ConnectionTraits.Loose }, ConnectionRecordProblem.Traits },
            { "loose SCTP before it is open", tcp with { Protocol = ServiceProtocol.Sctp, State = ConnectionState.Cookie, Traits = ConnectionTraits.Loose }, ConnectionRecordProblem.Traits },
            { "IPv6 client of an IPv4 VIP", tcp with { Client = _ipv6 }, ConnectionRecordProblem.Family },
            { "other family unsaid", tcp with { Source = _ipv6, Endpoint = _ipv6 }, ConnectionRecordProblem.Family },
            { "same family, said to be another", tcp with { Traits = ConnectionTraits.CrossFamily }, ConnectionRecordProblem.Family },
            { "source of another family than the endpoint", Records.Cross with { Source = Records.Tcp.Client }, ConnectionRecordProblem.Family },
            { "direct to another family without a tunnel", Records.CrossTunnel with { Traits = ConnectionTraits.Direct | ConnectionTraits.CrossFamily }, ConnectionRecordProblem.Family },
            { "client 0.0.0.0", tcp with { Client = FlowAddress.FromIPv4(0) }, ConnectionRecordProblem.Address },
            { "multicast VIP", tcp with { Vip = Records.Address("224.0.0.1") }, ConnectionRecordProblem.Address },
            { "broadcast source", tcp with { Source = Records.Address("255.255.255.255") }, ConnectionRecordProblem.Address },
            { "loopback endpoint", tcp with { Endpoint = Records.Address("127.0.0.1") }, ConnectionRecordProblem.Address },
            { "unspecified endpoint", Records.Cross with { Endpoint = default }, ConnectionRecordProblem.Address },
            { "client port 0", tcp with { ClientPort = 0 }, ConnectionRecordProblem.Port },
            { "VIP port 0", tcp with { VipPort = 0 }, ConnectionRecordProblem.Port },
            { "source port 0", tcp with { SourcePort = 0 }, ConnectionRecordProblem.Port },
            { "endpoint port 0", tcp with { EndpointPort = 0 }, ConnectionRecordProblem.Port },
            { "ICMP with a port", Records.Echo with { VipPort = 80 }, ConnectionRecordProblem.Port },
            { "ICMP with a port at the endpoint", Records.Echo with { EndpointPort = 80 }, ConnectionRecordProblem.Port },
            { "direct with another source", direct with { Source = Records.Address("203.0.113.10") }, ConnectionRecordProblem.Direct },
            { "direct with another source port", direct with { SourcePort = 40001 }, ConnectionRecordProblem.Direct },
            { "direct with another port", direct with { EndpointPort = 8080 }, ConnectionRecordProblem.Direct },
            { "negative age", tcp with { Age = TimeSpan.FromTicks(-1) }, ConnectionRecordProblem.Age },
            { "31 days old", tcp with { Age = ConnectionRecord.MaxAge + TimeSpan.FromTicks(1) }, ConnectionRecordProblem.Age },
            { "no version", tcp with { Version = default }, ConnectionRecordProblem.Version },
            { "version without counter", tcp with { Version = new ConnectionVersion(7, 2, 0) }, ConnectionRecordProblem.Version },
        };
    }

    [Theory]
    [MemberData(nameof(Impossible))]
    public void ImpossibleRecord_IsRefusedWithItsReason(string what, ConnectionRecord record, ConnectionRecordProblem expected)
    {
        ConnectionRecordRules.Check(record).Should().Be(expected, what);

        var said = ConnectionRecordRules.Explain(record, expected);
        said.Field.Should().NotBeEmpty();
        said.ToString().Should().Contain("expected ");
    }

    [Fact]
    public void EveryProblem_HasARecordThatShowsIt() =>
        Impossible().Select(row => row.Data.Item3).Distinct().Should().BeEquivalentTo(Enum.GetValues<ConnectionRecordProblem>().Where(p => p != ConnectionRecordProblem.None));

    [Fact]
    public void PossibleRecords_AreAccepted() => Records.Any.Sample(record => ConnectionRecordRules.Check(record) == ConnectionRecordProblem.None
        && ConnectionRecordRules.Check(record with { Operation = ConnectionOperation.Delete }) == ConnectionRecordProblem.None
        && ConnectionRecordRules.Check(record with { Operation = ConnectionOperation.Refresh }) == ConnectionRecordProblem.None);

    [Theory]
    [InlineData(ServiceProtocol.Tcp, ConnectionState.Established)]
    [InlineData(ServiceProtocol.Tcp, ConnectionState.HalfClosed)]
    [InlineData(ServiceProtocol.Tcp, ConnectionState.Closing)]
    [InlineData(ServiceProtocol.Tcp, ConnectionState.Reset)]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Established)]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Shutdown)]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Closing)]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Reset)]
    public void PickedUpInItsMiddle_IsPossible(ServiceProtocol protocol, ConnectionState state) =>
        ConnectionRecordRules.Check(Records.Tcp with { Protocol = protocol, State = state, Traits = ConnectionTraits.Loose }).Should().Be(ConnectionRecordProblem.None);

    [Theory]
    [InlineData("2001:db8:2::11")]
    [InlineData("192.0.2.11")]
    public void Explanation_NamesValueAndExpectation(string endpoint)
    {
        var record = Records.Tcp with { Endpoint = Records.Address(endpoint), EndpointPort = 0 };

        var problem = ConnectionRecordRules.Check(record);

        ConnectionRecordRules.Explain(record, problem).ToString().Should().Contain(endpoint).And.Contain("198.51.100.10 40000");
    }

    [Fact]
    public void NoProblem_CannotBeExplained()
    {
        var explain = () => ConnectionRecordRules.Explain(Records.Tcp, ConnectionRecordProblem.None);

        explain.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("problem");
    }

    [Fact]
    public void Check_AllocatesNothing()
    {
        var sum = 0;

        Allocations.Of(() => sum += (int)ConnectionRecordRules.Check(Records.Cross) + (int)ConnectionRecordRules.Check(Records.Direct)).Should().Be(0);
        sum.Should().Be(0);
    }
}
