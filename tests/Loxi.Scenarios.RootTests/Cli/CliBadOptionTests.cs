using FluentAssertions;
using Loxi.Core.Services;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests.Cli;

/// <summary>A wrong value of each option: 2, the option as it was written, the value, what was expected; and what only the node can tell: 1 and its reasons.</summary>
public sealed class CliBadOptionTests(CliScenario shared) : IClassFixture<CliScenario>
{
    private const string Create = "create lb " + StandardLab.RoutedVipV4 + " --endpoints 192.0.2.11:1 --tcp 80 ";
    private const string Endpoints = "create lb " + StandardLab.RoutedVipV4 + " --tcp 80 --endpoints ";
    private const string Mode = "one of default, onearm, fullnat, dsr, fullproxy, hostonearm, or its number, 0 to 5";
    private const string Selection = "one of rr, hash, priority, persist, lc, n2, n3, or its number, 0 to 6";
    private const string Ports = "PORT[-LAST]:TARGETPORT with ports from 1 to 65535, e.g. 80:8080; PORT-LAST:0 keeps the port of the client";
    private const string Endpoint = "ADDRESS:WEIGHT[:draining] with a weight from 1 to 65535, e.g. 192.0.2.10:1 or 2001:db8::10:1";
    private const string Timeout = "a whole number from 0 to 2592000";
    private const string Mark = "a whole number from 0 to 4294967295";

    [Theory]
    [InlineData(Create + "--mode 6 --select 7 --tunnel gre", "--mode '6': expected " + Mode, "--select '7': expected " + Selection, "--tunnel 'gre': expected one of auto, ipip, none")]
    [InlineData(Create + "--mode nat --select random --security tls", "--mode 'nat': expected " + Mode, "--select 'random': expected " + Selection, "--security 'tls': expected one of none, https, e2ehttps")]
    [InlineData(Create + "--tcp 90-80,80-65536 --udp 53:0 --sctp 0", "--tcp '90-80': expected " + Ports, "--tcp '80-65536': expected " + Ports, "--udp '53:0': expected " + Ports, "--sctp '0': expected " + Ports)]
    [InlineData(Create + "--mark 4294967296 --inatimeout 2592001 --persist-timeout 2592001", "--mark '4294967296': expected " + Mark, "--inatimeout '2592001': expected " + Timeout, "--persist-timeout '2592001': expected " + Timeout)]
    [InlineData(
        Create + "--block -1 --slow-start 3601 --private-ip 198.18.5 --pool a/b --group a/b",
        "--block '-1': expected " + Mark, "--slow-start '3601': expected a whole number from 0 to 3600", "--private-ip '198.18.5': expected an IPv4 or IPv6 address", "--pool 'a/b': expected " + NameRules.Expected, "--group 'a/b': expected " + NameRules.Expected)]
    [InlineData(
        Create + "--probetype tpc --probeport 65536 --probetimeout 86401 --proberetries 1001",
        "--probetype 'tpc': expected one of tcp, udp, sctp, http, https, ping, none", "--probeport '65536': expected a whole number from 0 to 65535", "--probetimeout '86401': expected a whole number from 0 to 86400", "--proberetries '1001': expected a whole number from 0 to 1000")]
    [InlineData(Create + "--secips 192.0.2 --sources 192.0.2.1/24", "--secips '192.0.2': expected an IPv4 or IPv6 address", "--sources '192.0.2.1/24': expected a prefix without bits beyond its length, such as 192.0.2.0/24 or 2001:db8::/32")]
    [InlineData(Create + "--attachEP --detachEP", "create lb: expected --attachEP or --detachEP, not both")]
    [InlineData(Endpoints + "192.0.2.11:0,192.0.2.11:65536,192.0.2.11:1:drained", "--endpoints '192.0.2.11:0': expected " + Endpoint, "--endpoints '192.0.2.11:65536': expected " + Endpoint, "--endpoints '192.0.2.11:1:drained': expected " + Endpoint)]
    [InlineData("create pool a/b --addresses 198.18.7.1,198.18.7 --group a/b", "name 'a/b': expected " + NameRules.Expected, "--addresses '198.18.7': expected an IPv4 or IPv6 address", "--group 'a/b': expected " + NameRules.Expected)]
    [InlineData("delete pool a/b", "name 'a/b': expected " + NameRules.Expected)]
    public Task WrongValues_AreRefusedBeforeTheyAreSent(string line, params string[] messages) => shared.FailsAsync(line, messages);

    [Theory]
    [InlineData(Create + "--mode fullproxy", "malformed-service error", "serviceArguments.mode '4': expected 0 (default), 1 (onearm), 2 (fullnat), 3 (dsr) or 5 (hostonearm); 4 (fullproxy) will be a function of its own and is not in this version")]
    [InlineData(Create + "--mode dsr", "malformed-service error", "serviceArguments.sel '0': expected 1 (hash) with mode 3 (dsr)")]
    [InlineData(Create + "--select n2", "malformed-service error", "serviceArguments.sel '5': expected 0 (rr), 1 (hash), 2 (wrr), 3 (persist) or 4 (lc) in this version")]
    [InlineData(Create + "--pool north", "malformed-service error", "serviceArguments.sourcePool 'north': expected one of the source pools east, west")]
    [InlineData(Create + "--pool west", "malformed-service error", "serviceArguments.sourcePool 'west': expected a pool of the VIP group llb-inst0; west is of inst1")]
    [InlineData(
        Create + "--host a.example --security https --ppv2en --bgp --secips 198.18.9.1 --sources 198.18.0.0/15 --probetype http --probereq ask --proberesp told",
        "malformed-service error",
        "serviceArguments.host 'a.example': expected none in this version",
        "serviceArguments.security '1': expected 0 (none) in this version",
        "serviceArguments.proxyprotocolv2 'true': expected false in this version",
        "secondaryIPs '198.18.9.1': expected none in this version",
        "allowedSources '198.18.0.0/15': expected none in this version",
        "serviceArguments.probetype 'http': expected tcp or none in this version",
        "serviceArguments.probereq 'ask': expected none in this version",
        "serviceArguments.proberesp 'told': expected none in this version")]
    [InlineData(Create + "--egress --bgp", "malformed-service error", "serviceArguments.bgp 'true': expected false with egress")]
    [InlineData(Create + "--persist-timeout 60", "malformed-service error", "serviceArguments.persistTimeOut '60': expected 0 with sel 0: only 3 (persist) has it")]
    [InlineData(Endpoints + StandardLab.RoutedVipV4 + ":1", "malformed-lbep error", "endpoints[0].endpointIP '203.0.113.10': expected an address other than externalIP")]
    [InlineData("create pool north --addresses 127.0.0.1", "malformed-pool error", "addresses[0] '127.0.0.1': expected a unicast IPv4 or IPv6 address that is not loopback, unspecified, IPv6 link-local, IPv4-mapped or scoped")]
    public async Task WhatTheNodeRefuses_IsOneWithItsReasons(string line, string text, params string[] reasons)
    {
        var (exitCode, output, error) = shared.Run(line);

        exitCode.Should().Be(1, error);
        output.Should().BeEmpty();
        error.TrimEnd('\n').Split('\n').Should().Equal([$"loxictl: http://127.0.0.1:11111/: the node refused: {text} (400)", .. reasons.Select(static reason => "  " + reason)]);
        (await shared.Scenario.Api.ListServicesAsync(TestContext.Current.CancellationToken)).Should().BeEmpty();
    }
}
