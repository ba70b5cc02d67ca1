using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Xunit;

namespace Loxi.Core.Tests.Services;

public sealed class ServiceValidatorTests
{
    private static readonly Service Good = Some.Service(1);

    [Fact]
    public void Validate_GoodServices_FindsNothing()
    {
        ServiceValidator.Validate(Good).Should().BeEmpty();
        ServiceValidator.Validate(Icmp()).Should().BeEmpty();
        ServiceValidator.Validate(Good with { Key = Good.Key with { Vip = IPAddress.Parse("2001:db8::1") }, Endpoints = [new(IPAddress.Parse("2001:db8::2"), 1, 65535)] }).Should().BeEmpty();
        SupportedFunctions.Check(Good).Should().BeEmpty();
        SupportedFunctions.Check(Icmp()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("127.0.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("ff02::1")]
    [InlineData("fe80::1")]
    [InlineData("::ffff:192.0.2.1")]
    public void Validate_UnusableAddress_IsNamedForVipAndEndpoint(string address)
    {
        var bad = IPAddress.Parse(address);

        ServiceValidator.Validate(Good with { Key = Good.Key with { Vip = bad } })
            .Should().Contain(p => p.Field == ServiceFields.Vip && p.Value == bad.ToString());
        ServiceValidator.Validate(Good with { Endpoints = [new ServiceEndpoint(bad, 80, 1)] })
            .Should().ContainSingle().Which.Should().Match<Problem>(p => p.Field == "endpoints[0].endpointIP" && p.Value == bad.ToString());
    }

    [Fact]
    public void Validate_ManyFaults_AllAreReported()
    {
        var bad = Good with
        {
            Key = Good.Key with { Port = 0, PortMax = 0, Host = "a\nb" },
            Name = new string('x', 256),
            Selection = (SelectionPolicy)7,
            Mode = (NatMode)6,
            Security = (ServiceSecurity)3,
            InactiveTimeout = TimeSpan.FromSeconds(-1),
            Probe = new ServiceProbe { Type = (ProbeType)8, Timeout = TimeSpan.FromDays(2), Retries = -1, Request = new string('q', 1025) },
            PrivateAddress = IPAddress.Loopback,
            VipGroup = "a b",
            SourcePool = "",
            SlowStart = TimeSpan.FromSeconds(3601),
            PersistTimeout = TimeSpan.FromDays(31),
            Tunnel = (TunnelMode)3,
            SecondaryAddresses = [IPAddress.Parse("2001:db8::1")],
            AllowedSources = [IPNetwork.Parse("2001:db8::/32")],
            Endpoints = [new(Good.Key.Vip, 80, 1), new(IPAddress.Parse("2001:db8::1"), 80, 0), new(IPAddress.Parse("192.0.2.1"), 0, 65536)],
        };

        ServiceValidator.Validate(bad).Select(static p => p.Field).Should().BeEquivalentTo(
            ServiceFields.Port, ServiceFields.Host, ServiceFields.Name, ServiceFields.Selection, ServiceFields.Mode, ServiceFields.Security,
            ServiceFields.InactiveTimeout, ServiceFields.ProbeType, ServiceFields.ProbeTimeout, ServiceFields.ProbeRetries, ServiceFields.ProbeRequest,
            ServiceFields.PrivateAddress, ServiceFields.SecondaryAddress(0), ServiceFields.AllowedSource(0), ServiceFields.VipGroup, ServiceFields.SourcePool,
            ServiceFields.SlowStart, ServiceFields.PersistTimeout, ServiceFields.Tunnel,
            "endpoints[0].targetPort", "endpoints[0].weight", "endpoints[1].endpointIP", "endpoints[2].weight");
    }

    [Fact]
    public void Validate_WithPositions_NamesTheUsersPosition()
    {
        var bad = Good with { Endpoints = [Some.Endpoint(1), Some.Endpoint(2) with { Weight = 0 }] };

        ServiceValidator.Validate(bad, [7, 4]).Should().ContainSingle().Which.Field.Should().Be("endpoints[4].weight");
    }

    [Fact]
    public void Validate_DuplicateEndpoint_IsReportedEvenWithOtherWeight() =>
        ServiceValidator.Validate(Good with { Endpoints = [Some.Endpoint(1), Some.Endpoint(1) with { Weight = 2 }] })
            .Should().ContainSingle().Which.Expected.Should().Be("each address and port once");

    [Fact]
    public void Validate_EndpointCount_HasBounds()
    {
        Service With(int count) => Good with
        {
            Endpoints = [.. Enumerable.Range(0, count).Select(static i => new ServiceEndpoint(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), 80, 1))],
        };

        ServiceValidator.Validate(With(0)).Should().ContainSingle().Which.Value.Should().Be("0");
        ServiceValidator.Validate(With(4096)).Should().BeEmpty();
        ServiceValidator.Validate(With(4097)).Should().ContainSingle().Which.Field.Should().Be(ServiceFields.Endpoints);
    }

    [Fact]
    public void Validate_IcmpWithPorts_IsRefused()
    {
        var problems = ServiceValidator.Validate(Icmp() with { Key = Icmp().Key with { Port = 1, PortMax = 2 }, Endpoints = [Some.Endpoint(1)] });

        problems.Select(static p => p.Field).Should().BeEquivalentTo(ServiceFields.Port, ServiceFields.PortMax, "endpoints[0].targetPort");
    }

    [Fact]
    public void Validate_PortRangeBackwards_IsRefused() =>
        ServiceValidator.Validate(Good with { Key = Good.Key with { PortMax = 79 } }).Should().ContainSingle().Which.Expected.Should().Be("80 to 65535");

    [Fact]
    public void Validate_HostModeWantsUnspecifiedVip()
    {
        var host = Good with { Mode = NatMode.HostOneArm };

        ServiceValidator.Validate(host).Should().ContainSingle().Which.Field.Should().Be(ServiceFields.Vip);
        ServiceValidator.Validate(host with { Key = host.Key with { Vip = IPAddress.Any } }).Should().BeEmpty();
    }

    [Fact]
    public void Validate_TimeoutsAtTheirBounds_AreAccepted()
    {
        ServiceValidator.Validate(Good with { InactiveTimeout = ServiceTimeouts.Maximum }).Should().BeEmpty();
        ServiceValidator.Validate(Good with { InactiveTimeout = ServiceTimeouts.Maximum + TimeSpan.FromSeconds(1) }).Should().ContainSingle();
        ServiceValidator.Validate(Good with { InactiveTimeout = TimeSpan.FromMilliseconds(1500) }).Should().ContainSingle();
    }

    [Fact]
    public void Validate_ModelBeyondTheLimit_IsRefused()
    {
        var model = ServiceModel.Create(Enumerable.Range(0, ServiceLimits.Services + 1).Select(static i => new Service
        {
            Key = new ServiceKey(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), ServiceProtocol.Tcp, 80),
            Endpoints = [Some.Endpoint(1)],
        }));

        ServiceValidator.Validate(model).Should().ContainSingle().Which.Should().Match<Problem>(p => p.Field == "lbAttr" && p.Value == "65537");
    }

    [Fact]
    public void Check_EveryAbsentFunction_IsNamedWithItsValue()
    {
        var all = Good with
        {
            Key = Good.Key with { Host = "a.example" },
            Mode = NatMode.FullProxy,
            Selection = SelectionPolicy.N2,
            Security = ServiceSecurity.Https,
            ProxyProtocolV2 = true,
            SecondaryAddresses = [IPAddress.Parse("192.0.2.98")],
            AllowedSources = [IPNetwork.Parse("192.0.2.0/24")],
            Probe = new ServiceProbe { Type = ProbeType.Http, Request = "health", Response = "ok" },
        };

        SupportedFunctions.Check(all).ToDictionary(static p => p.Field, static p => p.Value).Should().BeEquivalentTo(new Dictionary<string, string>
        {
            [ServiceFields.Host] = "a.example",
            [ServiceFields.Mode] = "4",
            [ServiceFields.Selection] = "5",
            [ServiceFields.Security] = "1",
            [ServiceFields.ProxyProtocolV2] = "true",
            [ServiceFields.SecondaryAddresses] = "192.0.2.98",
            [ServiceFields.AllowedSources] = "192.0.2.0/24",
            [ServiceFields.ProbeType] = "http",
            [ServiceFields.ProbeRequest] = "health",
            [ServiceFields.ProbeResponse] = "ok",
        });
        SupportedFunctions.Check(Good with { Managed = true, Bgp = true, Name = "n", Monitor = true, Probe = new ServiceProbe { Type = ProbeType.Tcp, Port = 9, Retries = 2, Timeout = TimeSpan.FromSeconds(3) } })
            .Should().BeEmpty();
    }

    [Theory]
    [InlineData(NatMode.Default, true)]
    [InlineData(NatMode.OneArm, true)]
    [InlineData(NatMode.FullNat, true)]
    [InlineData(NatMode.Dsr, true)]
    [InlineData(NatMode.FullProxy, false)]
    [InlineData(NatMode.HostOneArm, true)]
    public void Check_EveryModeButFullProxy_IsThere(NatMode mode, bool there) =>
        SupportedFunctions.Check(Good with { Mode = mode }).Select(static p => $"{p.Value}, expected {p.Expected}").Should().BeEquivalentTo(
            there ? [] : ["4, expected 0 (default), 1 (onearm), 2 (fullnat), 3 (dsr) or 5 (hostonearm); 4 (fullproxy) will be a function of its own and is not in this version"]);

    [Theory]
    [InlineData(SelectionPolicy.RoundRobin, true)]
    [InlineData(SelectionPolicy.Hash, true)]
    [InlineData(SelectionPolicy.WeightedRoundRobin, true)]
    [InlineData(SelectionPolicy.Persist, true)]
    [InlineData(SelectionPolicy.LeastConnections, true)]
    [InlineData(SelectionPolicy.N2, false)]
    [InlineData(SelectionPolicy.N3, false)]
    public void Check_EverySelectionButThoseOfMobileCores_IsThere(SelectionPolicy selection, bool there) =>
        SupportedFunctions.Check(Good with { Selection = selection }).IsEmpty.Should().Be(there);

    [Fact]
    public void Check_SctpRangesBlocksAndEgress_AreThere() =>
        SupportedFunctions.Check(Good with { Key = Good.Key with { Protocol = ServiceProtocol.Sctp, PortMax = 90, Block = 7 }, Egress = true, PrivateAddress = IPAddress.Parse("192.0.2.99") }).Should().BeEmpty();

    [Fact]
    public void ProblemOf_HostileValue_IsCutAndCleaned()
    {
        var problem = Problem.Of("f", "a\u001b[31m" + new string('b', 500), "x");

        problem.Value.Should().HaveLength(128).And.StartWith("a?[31m").And.EndWith("...");
    }

    private static Service Icmp() => new()
    {
        Key = new ServiceKey(IPAddress.Parse("198.18.0.1"), ServiceProtocol.Icmp, 0),
        Endpoints = [new ServiceEndpoint(IPAddress.Parse("192.0.2.1"), 0, 1)],
    };
}
