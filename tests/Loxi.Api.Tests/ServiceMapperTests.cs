using System.Net;
using System.Text.Json;
using FluentAssertions;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Core.Services;
using Xunit;

namespace Loxi.Api.Tests;

public sealed class ServiceMapperTests
{
    private static readonly Service Full = new()
    {
        Key = new ServiceKey(IPAddress.Parse("198.18.0.1"), ServiceProtocol.Sctp, 80, 90, 7, "a.example"),
        Name = "web",
        Selection = SelectionPolicy.Persist,
        Mode = NatMode.FullProxy,
        InactiveTimeout = TimeSpan.FromSeconds(300),
        Monitor = true,
        Probe = new ServiceProbe { Type = ProbeType.Http, Port = 8080, Request = "health", Response = "OK", Timeout = TimeSpan.FromSeconds(4), Retries = 5 },
        Managed = true,
        Bgp = true,
        Security = ServiceSecurity.EndToEndHttps,
        ProxyProtocolV2 = true,
        Egress = true,
        PrivateAddress = IPAddress.Parse("192.0.2.9"),
        SourcePool = "east",
        VipGroup = "inst1",
        Tunnel = TunnelMode.Ipip,
        ClampMss = true,
        SlowStart = TimeSpan.FromSeconds(30),
        PersistTimeout = TimeSpan.FromSeconds(600),
        SecondaryAddresses = [IPAddress.Parse("198.18.0.2")],
        AllowedSources = [IPNetwork.Parse("203.0.113.0/24")],
        Endpoints = [new(IPAddress.Parse("192.0.2.1"), 81, 2), new(IPAddress.Parse("192.0.2.2"), 81, 2) { Draining = true }],
    };

    private static readonly LoadbalanceEntry Simple = new()
    {
        ServiceArguments = new LoadbalanceArguments { ExternalIP = "198.18.0.1", Port = 80, Protocol = "tcp" },
        Endpoints = [new() { EndpointIP = "192.0.2.1", TargetPort = 80, Weight = 1 }],
    };

    [Fact]
    public void ToEntry_EveryMember_IsWritten()
    {
        JsonSerializer.Serialize(ServiceMapper.ToEntry(Full, static _ => ("active", "1:2")), LoxiJson.LoadbalanceEntry).Should().Be(
            """{"serviceArguments":{"externalIP":"198.18.0.1","privateIP":"192.0.2.9","port":80,"portMax":90,"protocol":"sctp","sel":3,"bgp":true,"monitor":true,"probetype":"http","probeport":8080,"probereq":"health","proberesp":"OK","probeTimeout":4,"probeRetries":5,"managed":true,"mode":4,"security":2,"block":7,"inactiveTimeOut":300,"name":"web","host":"a.example","proxyprotocolv2":true,"egress":true,"sourcePool":"east","vipGroup":"inst1","tunnel":"ipip","clampMss":true,"slowStart":30,"persistTimeOut":600},"endpoints":[{"endpointIP":"192.0.2.1","targetPort":81,"weight":2,"state":"active","counter":"1:2"},{"endpointIP":"192.0.2.2","targetPort":81,"weight":2,"state":"draining","counter":"1:2"}],"secondaryIPs":[{"secondaryIP":"198.18.0.2"}],"allowedSources":[{"prefix":"203.0.113.0/24"}]}""");
    }

    [Fact]
    public void ToService_EveryFunction_IsReadAndRefusedByName()
    {
        var problems = ServiceMapper.ToService(ServiceMapper.ToEntry(Full)).Problems;

        problems.Select(static p => p.Field).Should().BeEquivalentTo(ServiceValidator.Validate(Full).AddRange(SupportedFunctions.Check(Full)).Select(static p => p.Field).Distinct());
        problems.Should().HaveCountGreaterThan(15);
    }

    public static TheoryData<Service> EveryFunctionOfThisVersion
    {
        get
        {
            var tcp = new Service
            {
                Key = new ServiceKey(IPAddress.Parse("198.18.0.1"), ServiceProtocol.Tcp, 80),
                Endpoints = [new(IPAddress.Parse("192.0.2.1"), 80, 1), new(IPAddress.Parse("192.0.2.2"), 80, 3) { Draining = true }],
            };
            return
            [
                tcp,
                tcp with { Mode = NatMode.OneArm, SourcePool = "east", Name = "a:inst1", VipGroup = "inst1" },
                tcp with { Mode = NatMode.OneArm, Name = "a:inst1" },
                tcp with { Mode = NatMode.OneArm, Name = "a:default" },
                tcp with { Mode = NatMode.FullNat, PrivateAddress = IPAddress.Parse("192.0.2.9"), Selection = SelectionPolicy.Persist, PersistTimeout = TimeSpan.FromSeconds(60) },
                tcp with { Mode = NatMode.Dsr, Selection = SelectionPolicy.Hash, Tunnel = TunnelMode.Ipip, ClampMss = true },
                tcp with { Mode = NatMode.Dsr, Selection = SelectionPolicy.Hash, Tunnel = TunnelMode.None },
                tcp with { Mode = NatMode.HostOneArm, Key = tcp.Key with { Vip = IPAddress.IPv6Any }, Selection = SelectionPolicy.LeastConnections, SlowStart = TimeSpan.FromSeconds(90) },
                tcp with { Key = tcp.Key with { Protocol = ServiceProtocol.Sctp, PortMax = 90, Block = 7 }, Endpoints = [new(IPAddress.Parse("192.0.2.1"), 0, 1)] },
                tcp with { Egress = true, Selection = SelectionPolicy.WeightedRoundRobin },
                tcp with { Endpoints = [new(IPAddress.Parse("2001:db8::1"), 80, 1)], ClampMss = true },
            ];
        }
    }

    [Theory]
    [MemberData(nameof(EveryFunctionOfThisVersion))]
    public void ToService_EveryFunctionOfThisVersion_ReadsBackAsItWas(Service service)
    {
        ArgumentNullException.ThrowIfNull(service);
        var text = JsonSerializer.Serialize(ServiceMapper.ToDesiredEntry(service), LoxiJson.LoadbalanceEntry);

        var mapping = ServiceMapper.ToService(JsonSerializer.Deserialize(text, LoxiJson.LoadbalanceEntry)!);

        mapping.Problems.Should().BeEmpty(text);
        mapping.Service.Should().Be(service, text);
    }

    [Theory]
    [InlineData("web:inst1", null, "inst1")]
    [InlineData("web:inst1", "", "inst1")]
    [InlineData("web:inst1", "inst2", "inst2")]
    [InlineData("web", "default", "llb-inst0")]
    [InlineData(null, null, "llb-inst0")]
    public void ToService_Group_IsThatOfTheMemberElseThatOfTheName(string? name, string? member, string group)
    {
        var entry = Simple with { ServiceArguments = Simple.ServiceArguments! with { Name = name, VipGroup = member } };

        ServiceMapper.ToService(entry).Service!.VipGroup.Should().Be(group);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("active", false)]
    [InlineData("inactive", false)]
    [InlineData("draining", true)]
    public void ToService_StateOfAnEndpoint_OnlyDrainingCounts(string? state, bool draining)
    {
        var entry = Simple with { Endpoints = [Simple.Endpoints![0]! with { State = state }] };

        ServiceMapper.ToService(entry).Service!.Endpoints[0].Draining.Should().Be(draining);
    }

    [Fact]
    public void ToService_OwnMembersThatCannotBeUsed_AreNamed()
    {
        var entry = Simple with
        {
            ServiceArguments = Simple.ServiceArguments! with { SourcePool = "a b", VipGroup = "a:b", Tunnel = "gre", SlowStart = 3601, PersistTimeout = -1, Operation = 1 },
            Endpoints = [Simple.Endpoints![0]! with { State = "drained" }],
        };

        ServiceMapper.ToService(entry).Problems.Select(static p => $"{p.Field}={p.Value}").Should().BeEquivalentTo(
            "serviceArguments.sourcePool=a b", "serviceArguments.vipGroup=a:b", "serviceArguments.tunnel=gre", "serviceArguments.slowStart=3601", "serviceArguments.persistTimeOut=-1",
            "serviceArguments.oper=1", "endpoints[0].state=drained");
    }

    [Theory]
    [InlineData(null, ServiceOperation.Replace)]
    [InlineData(0L, ServiceOperation.Replace)]
    [InlineData(1L, ServiceOperation.Attach)]
    [InlineData(2L, ServiceOperation.Detach)]
    public void ToRequest_Operation_IsRead(long? number, ServiceOperation operation)
    {
        var request = ServiceMapper.ToRequest(Simple with { ServiceArguments = Simple.ServiceArguments! with { Operation = number } });

        request.Problems.Should().BeEmpty();
        request.Operation.Should().Be(operation);
        request.Positions.Should().Equal(0);
    }

    [Fact]
    public void ToRequest_Attach_LooksAtKeyAndEndpointsOnly()
    {
        var entry = Simple with
        {
            ServiceArguments = Simple.ServiceArguments! with { Operation = 1, Mode = 4, Host = null, Security = 2 },
            Endpoints = [new() { EndpointIP = "192.0.2.9", TargetPort = 80, Weight = 1 }, new() { EndpointIP = "192.0.2.1", TargetPort = 80, Weight = 1, State = "draining" }],
        };

        var request = ServiceMapper.ToRequest(entry);

        request.Service!.Endpoints.Should().Equal(new ServiceEndpoint(IPAddress.Parse("192.0.2.1"), 80, 1) { Draining = true }, new(IPAddress.Parse("192.0.2.9"), 80, 1));
        request.Positions.Should().Equal(1, 0);
        var twice = ServiceMapper.ToRequest(entry with { Endpoints = [.. entry.Endpoints!, entry.Endpoints![0]! with { Weight = 9 }] });
        twice.IsValid.Should().BeFalse();
        twice.Problems.Should().ContainSingle().Which.Field.Should().Be("endpoints[2]");
        ServiceMapper.ToRequest(Simple with { ServiceArguments = Simple.ServiceArguments! with { Operation = 3 } }).Problems.Should().ContainSingle().Which.Field.Should().Be("serviceArguments.oper");
    }

    [Fact]
    public void ToService_WhatToDesiredEntryWrote_IsTheSame()
    {
        var service = new Service
        {
            Key = new ServiceKey(IPAddress.Parse("2001:db8::1"), ServiceProtocol.Udp, 53),
            Selection = SelectionPolicy.Hash,
            Probe = new ServiceProbe { Type = ProbeType.Tcp, Port = 54, Retries = 1, Timeout = TimeSpan.FromSeconds(9) },
            Monitor = true,
            Managed = true,
            Name = "dns",
            Endpoints = [new(IPAddress.Parse("2001:db8::2"), 53, 1), new(IPAddress.Parse("2001:db8::3"), 53, 65535)],
        };

        ServiceMapper.ToService(ServiceMapper.ToDesiredEntry(service)).Service.Should().Be(service);
        ServiceMapper.ToEntry(service).ServiceArguments!.InactiveTimeout.Should().Be(300);
    }

    [Fact]
    public void ToService_UnreadableEndpoints_AreReportedOnceByTheirPosition()
    {
        var entry = new LoadbalanceEntry
        {
            ServiceArguments = new LoadbalanceArguments { ExternalIP = "x", Port = 80, Protocol = "tcp" },
            Endpoints = [new() { EndpointIP = "2001:db8::2", TargetPort = 80, Weight = 1 }, null, new() { EndpointIP = "2001:db8::1", TargetPort = 0, Weight = 1 }],
        };

        ServiceMapper.ToService(entry).Problems.Select(static p => p.Field).Should().BeEquivalentTo(
            "serviceArguments.externalIP", "endpoints[1].endpointIP", "endpoints[1].targetPort", "endpoints[1].weight", "endpoints[2].targetPort");
    }

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:DB8::1", true)]
    [InlineData("::ffff:192.0.2.1", true)]
    [InlineData("10.1", false)]
    [InlineData("010.0.0.1", false)]
    [InlineData("0x0a.0.0.1", false)]
    [InlineData("167772161", false)]
    [InlineData("[2001:db8::1]", false)]
    [InlineData("2001:db8::1%1", false)]
    [InlineData("192.0.2.1:80", false)]
    [InlineData(" 192.0.2.1", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void AddressText_OnlyTheUsualForms(string? text, bool valid) => AddressText.TryParse(text, out _).Should().Be(valid);

    [Theory]
    [InlineData("192.0.2.0/24", true)]
    [InlineData("192.0.2.1/32", true)]
    [InlineData("0.0.0.0/0", true)]
    [InlineData("2001:db8::/32", true)]
    [InlineData("2001:db8::1/128", true)]
    [InlineData("10.0.0.1/8", false)]
    [InlineData("192.0.2.128/24", false)]
    [InlineData("2001:db8::1/127", false)]
    [InlineData("192.0.2.0/33", false)]
    [InlineData("192.0.2.0/024", false)]
    [InlineData("192.0.2.0/-1", false)]
    [InlineData("192.0.2.0/", false)]
    [InlineData("192.0.2.0", false)]
    [InlineData("10/8", false)]
    [InlineData("2001:db8::/129", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void PrefixText_OnlyPrefixesWithoutFurtherBits(string? text, bool valid) => PrefixText.TryParse(text, out _).Should().Be(valid);

    [Fact]
    public void ToService_AllowedSourceWithBitsBeyondItsLength_IsNamed()
    {
        var entry = new LoadbalanceEntry
        {
            ServiceArguments = new LoadbalanceArguments { ExternalIP = "198.18.0.1", Port = 80, Protocol = "tcp" },
            Endpoints = [new() { EndpointIP = "192.0.2.1", TargetPort = 80, Weight = 1 }],
            AllowedSources = [new() { Prefix = "192.0.2.0/24" }, new() { Prefix = "10.0.0.1/8" }],
        };

        ServiceMapper.ToService(entry).Problems.Should().Contain(p => p.Field == "allowedSources[1].prefix" && p.Value == "10.0.0.1/8" && p.Expected == PrefixText.Expected);
    }

    [Fact]
    public void Malformed_ManyProblems_AreSpelledUpToAPoint()
    {
        var entry = new LoadbalanceEntry
        {
            ServiceArguments = new LoadbalanceArguments { ExternalIP = "198.18.0.1", Port = 80, Protocol = "tcp" },
            Endpoints = [.. Enumerable.Range(1, 20).Select(static i => new LoadbalanceEndpoint { EndpointIP = $"192.0.2.{i}", TargetPort = 80, Weight = -1 })],
        };

        var error = ApiErrors.Malformed(ServiceMapper.ToService(entry).Problems);

        error.Errors.Should().HaveCount(20);
        error.Result.Should().StartWith("malformed-lbep error: endpoints[0].weight: value '-1', expected 1 to 65535; ").And.EndWith("; and 12 more");
    }

    [Theory]
    [InlineData("it exists", "one of tcp, udp", "malformed-service error: name: value '...', expected one of tcp, udp")]
    [InlineData("north", "one of the source pools Existing", "malformed-service error: name: value 'north', expected ...")]
    public void Malformed_WordThatClientsTakeForSuccess_IsNotInTheText(string value, string expected, string result)
    {
        var error = ApiErrors.Malformed([Problem.Of("name", value, expected)]);

        error.Result.Should().Be(result);
        error.Errors.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Field = "name", Value = value, Expected = expected });
    }
}
