using System.Net;
using System.Text.Json;
using FluentAssertions;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
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
        SecondaryAddresses = [IPAddress.Parse("198.18.0.2")],
        AllowedSources = [IPNetwork.Parse("203.0.113.0/24")],
        Endpoints = [new(IPAddress.Parse("192.0.2.1"), 81, 2)],
    };

    [Fact]
    public void ToEntry_EveryMember_IsWritten()
    {
        JsonSerializer.Serialize(ServiceMapper.ToEntry(Full, static _ => ("active", "1:2")), LoxiJson.LoadbalanceEntry).Should().Be(
            """{"serviceArguments":{"externalIP":"198.18.0.1","privateIP":"192.0.2.9","port":80,"portMax":90,"protocol":"sctp","sel":3,"bgp":true,"monitor":true,"probetype":"http","probeport":8080,"probereq":"health","proberesp":"OK","probeTimeout":4,"probeRetries":5,"managed":true,"mode":4,"security":2,"block":7,"inactiveTimeOut":300,"name":"web","host":"a.example","proxyprotocolv2":true,"egress":true},"endpoints":[{"endpointIP":"192.0.2.1","targetPort":81,"weight":2,"state":"active","counter":"1:2"}],"secondaryIPs":[{"secondaryIP":"198.18.0.2"}],"allowedSources":[{"prefix":"203.0.113.0/24"}]}""");
    }

    [Fact]
    public void ToService_EveryFunction_IsReadAndRefusedByName()
    {
        var problems = ServiceMapper.ToService(ServiceMapper.ToEntry(Full)).Problems;

        problems.Select(static p => p.Field).Should().BeEquivalentTo(SupportedFunctions.Check(Full).Select(static p => p.Field));
        problems.Should().HaveCountGreaterThan(10);
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
}
