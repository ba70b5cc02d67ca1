using FluentAssertions;
using Loxi.Core.Services;
using Xunit;

namespace Loxi.Scenarios.RootTests.BadRequests;

/// <summary>Settings of a service that are wrong, or wrong together: refused with the member, its value and what was expected, beside a node that goes on as it was.</summary>
public sealed class BadServiceTests(BadRequestScenario shared) : IClassFixture<BadRequestScenario>
{
    private const string Usable = "a unicast IPv4 or IPv6 address that is not loopback, unspecified, IPv6 link-local, IPv4-mapped or scoped";

    [Fact]
    public async Task WhatTheRowsChange_IsRightWithoutTheirChange()
    {
        var answer = await shared.Scenario.SendAsync(HttpMethod.Post, BadRequestScenario.Services, BadRequestScenario.RequestWith("{}"));

        answer.Status.Should().Be(200, answer.Body);
        (await shared.Scenario.Api.DeleteServiceAsync(new ServiceKey(System.Net.IPAddress.Parse("203.0.113.10"), ServiceProtocol.Tcp, 90, 90, 0, ""), TestContext.Current.CancellationToken)).Should().BeTrue();
    }

    [Theory]
    [InlineData("""{"mode":4}""", "mode", "4", "0 (default), 1 (onearm), 2 (fullnat), 3 (dsr) or 5 (hostonearm); 4 (fullproxy) will be a function of its own and is not in this version")]
    [InlineData("""{"mode":6}""", "mode", "6", "0 to 5")]
    [InlineData("""{"mode":-1}""", "mode", "-1", "0 to 5")]
    [InlineData("""{"mode":3}""", "sel", "0", "1 (hash) with mode 3 (dsr)")]
    [InlineData("""{"mode":3,"sel":2}""", "sel", "2", "1 (hash) with mode 3 (dsr)")]
    [InlineData("""{"mode":3,"sel":3}""", "sel", "3", "1 (hash) with mode 3 (dsr)")]
    [InlineData("""{"mode":3,"sel":4}""", "sel", "4", "1 (hash) with mode 3 (dsr)")]
    [InlineData("""{"mode":5}""", "externalIP", "203.0.113.10", "0.0.0.0 or :: with mode 5")]
    [InlineData("""{"externalIP":"0.0.0.0"}""", "externalIP", "0.0.0.0", Usable)]
    [InlineData("""{"externalIP":"::"}""", "externalIP", "::", Usable)]
    [InlineData("""{"externalIP":"203.0.113.256"}""", "externalIP", "203.0.113.256", "an IPv4 or IPv6 address")]
    [InlineData("""{"sel":5}""", "sel", "5", "0 (rr), 1 (hash), 2 (wrr), 3 (persist) or 4 (lc) in this version")]
    [InlineData("""{"sel":6}""", "sel", "6", "0 (rr), 1 (hash), 2 (wrr), 3 (persist) or 4 (lc) in this version")]
    [InlineData("""{"egress":true,"mode":3,"sel":1}""", "egress", "true", "false with mode 3 (dsr)")]
    [InlineData("""{"egress":true,"mode":5,"externalIP":"0.0.0.0"}""", "egress", "true", "false with mode 5 (hostonearm)")]
    [InlineData("""{"egress":true,"bgp":true}""", "bgp", "true", "false with egress")]
    [InlineData("""{"tunnel":"ipip"}""", "tunnel", "ipip", "auto with mode 0 (default): only 3 (dsr) has tunnels")]
    [InlineData("""{"tunnel":"gre","mode":3,"sel":1}""", "tunnel", "gre", "one of auto, ipip, none")]
    [InlineData("""{"clampMss":true,"protocol":"udp"}""", "clampMss", "true", "false with protocol udp")]
    [InlineData("""{"clampMss":true,"mode":3,"sel":1,"tunnel":"none"}""", "clampMss", "true", "false with tunnel none")]
    [InlineData("""{"privateIP":"198.18.5.9"}""", "privateIP", "198.18.5.9", "none with mode 0 (default): only 2 (fullnat) has it")]
    [InlineData("""{"privateIP":"224.0.0.1","mode":2}""", "privateIP", "224.0.0.1", Usable)]
    [InlineData("""{"privateIP":"198.18.5","mode":2}""", "privateIP", "198.18.5", "an IPv4 or IPv6 address")]
    [InlineData("""{"privateIP":"192.0.2.11","mode":2}""", "privateIP", "192.0.2.11", "an address of none of the endpoints")]
    [InlineData("""{"oper":3}""", "oper", "3", "0 to 2")]
    [InlineData("""{"oper":-1}""", "oper", "-1", "0 to 2")]
    [InlineData("""{"vipGroup":"inst 1"}""", "vipGroup", "inst 1", NameRules.Expected)]
    public Task Setting_IsRefused(string change, string member, string value, string expected) => RefusesAsync(change, member, value, expected);

    [Theory]
    [InlineData("""{"inactiveTimeOut":-1}""", "inactiveTimeOut", "-1", "0 to 2592000")]
    [InlineData("""{"inactiveTimeOut":2592001}""", "inactiveTimeOut", "2592001", "0 to 2592000")]
    [InlineData("""{"slowStart":-1}""", "slowStart", "-1", "0 to 3600")]
    [InlineData("""{"slowStart":3601}""", "slowStart", "3601", "0 to 3600")]
    [InlineData("""{"slowStart":30,"sel":1}""", "slowStart", "30", "0 with sel 1: only 0 (rr), 2 (wrr) and 4 (lc) start slowly")]
    [InlineData("""{"slowStart":30,"sel":3}""", "slowStart", "30", "0 with sel 3: only 0 (rr), 2 (wrr) and 4 (lc) start slowly")]
    [InlineData("""{"persistTimeOut":60}""", "persistTimeOut", "60", "0 with sel 0: only 3 (persist) has it")]
    [InlineData("""{"persistTimeOut":2592001,"sel":3}""", "persistTimeOut", "2592001", "0 to 2592000")]
    [InlineData("""{"persistTimeOut":-1,"sel":3}""", "persistTimeOut", "-1", "0 to 2592000")]
    [InlineData("""{"block":-1}""", "block", "-1", "0 to 4294967295")]
    [InlineData("""{"block":4294967296}""", "block", "4294967296", "0 to 4294967295")]
    public Task Number_IsRefused(string change, string member, string value, string expected) => RefusesAsync(change, member, value, expected);

    [Theory]
    [InlineData("""{"port":0}""", "port", "0", "1 to 65535")]
    [InlineData("""{"port":-1}""", "port", "-1", "0 to 65535")]
    [InlineData("""{"port":65536}""", "port", "65536", "0 to 65535")]
    [InlineData("""{"portMax":89}""", "portMax", "89", "90 to 65535")]
    [InlineData("""{"portMax":-1}""", "portMax", "-1", "0 to 65535")]
    [InlineData("""{"portMax":65536}""", "portMax", "65536", "0 to 65535")]
    [InlineData("""{"portMax":5,"port":0,"protocol":"icmp","endpoints":[{"targetPort":0}]}""", "portMax", "5", "0 with protocol icmp")]
    [InlineData("""{"portMax":8015,"port":8005,"externalIP":"198.51.100.200"}""", "portMax", "8005-8015", "no port of the range 8000-8010 of another service")]
    [InlineData("""{"portMax":8000,"port":7990,"externalIP":"198.51.100.200"}""", "portMax", "7990-8000", "no port of the range 8000-8010 of another service")]
    [InlineData("""{"portMax":8009,"port":8000,"externalIP":"198.51.100.200"}""", "portMax", "8000-8009", "no port of the range 8000-8010 of another service")]
    [InlineData("""{"portMax":9000,"port":7000,"externalIP":"198.51.100.200"}""", "portMax", "7000-9000", "no port of the range 8000-8010 of another service")]
    public Task Ports_AreRefused(string change, string member, string value, string expected) => RefusesAsync(change, member, value, expected);

    /// <summary>What the server that loxilb generates from its specification refuses has two members there.</summary>
    [Theory]
    [InlineData("""{"sel":7}""", 606, "serviceArguments.sel in body should be one of [0 1 2 3 4 5 6]")]
    [InlineData("""{"sel":-1}""", 606, "serviceArguments.sel in body should be one of [0 1 2 3 4 5 6]")]
    [InlineData("""{"protocol":"tpc"}""", 606, "serviceArguments.protocol in body should be one of [tcp udp sctp icmp]")]
    [InlineData("""{"protocol":null}""", 602, "serviceArguments.protocol in body is required")]
    [InlineData("""{"port":null}""", 602, "serviceArguments.port in body is required")]
    [InlineData("""{"endpoints":[{},{"weight":null}]}""", 602, "endpoints.1.weight in body is required")]
    public Task Specification_IsKept(string change, int code, string message) =>
        shared.AnswersAsync(HttpMethod.Post, BadRequestScenario.Services, BadRequestScenario.RequestWith(change), 422, new { code, message });

    [Theory]
    [InlineData("""{"mode":"dsr"}""", "serviceArguments.mode", "\"dsr\"", "a whole number")]
    [InlineData("""{"sel":1.5}""", "serviceArguments.sel", "1.5", "a whole number")]
    [InlineData("""{"inactiveTimeOut":9223372036854775808}""", "serviceArguments.inactiveTimeOut", "9223372036854775808", "a whole number")]
    [InlineData("""{"egress":"yes"}""", "serviceArguments.egress", "\"yes\"", "true or false")]
    [InlineData("""{"sourcePool":["east"]}""", "serviceArguments.sourcePool", "[\"east\"]", "a string")]
    [InlineData("""{"endpoints":[{"weight":"1"}]}""", "endpoints[0].weight", "\"1\"", "a whole number")]
    public Task ValueOfAnotherType_IsRefused(string change, string field, string value, string expected) =>
        shared.AnswersAsync(
            HttpMethod.Post, BadRequestScenario.Services, BadRequestScenario.RequestWith(change), 400, new { code = 400, message = $"parsing body failed: {field}: value '{value}', expected {expected}" });

    private Task RefusesAsync(string change, string member, string value, string expected) =>
        shared.RefusesAsync(HttpMethod.Post, BadRequestScenario.Services, BadRequestScenario.RequestWith(change), 400, "malformed-service error", "serviceArguments." + member, value, expected);
}
