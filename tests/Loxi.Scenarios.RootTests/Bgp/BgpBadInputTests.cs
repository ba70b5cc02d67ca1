using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests.Bgp;

/// <summary>What BGP of a node cannot be, by REST and by the command line: each field with its value and what was expected, all at once, nothing half-applied, no session touched.</summary>
public sealed class BgpBadInputTests(BgpBadInputScenario shared) : IClassFixture<BgpBadInputScenario>
{
    private const string Absent = BgpBadInputScenario.Absent;
    private const string AnAs = "expected 1 to 4294967295, not 23456";
    private const string Hold = "expected 0, or 3 to 65535 seconds";
    private const string PolicyName = "expected the name of a defined policy";
    private const string SetName = "expected the name of a defined set of this kind";
    private const string OrRegex = ", or a regular expression over it of at most 256 characters, without look-around or back references";
    private const string Community = "expected a community as 65000:100, a number, or a well-known name as no-export";
    private const string AsPattern = "expected a regular expression over AS numbers of at most 256 characters, without look-around or back references";
    private const string Self = "expected an address that the node itself does not have";

    /// <summary>81 octets.</summary>
    private const string TooLong = "012345678901234567890123456789012345678901234567890123456789012345678901234567890";

    [Theory]
    [InlineData("""{"localAs":23456}""", "localAs '23456': " + AnAs)]
    [InlineData("""{"localAs":4294967296}""", "localAs '4294967296': " + AnAs)]
    [InlineData("""{"routerId":"0.0.0.0"}""", "routerId '0.0.0.0': expected an IPv4 address that is not 0.0.0.0")]
    [InlineData(
        """{"localAs":-1,"routerId":"::1","listenPort":65536,"listenAddresses":["x","198.51.100"],"restartTime":4096,"maximumPaths":65}""",
        "localAs '-1': " + AnAs, "routerId '::1': expected an IPv4 address that is not 0.0.0.0", "listenPort '65536': expected 0 to 65535", "listenAddresses[0] 'x': expected an IPv4 or IPv6 address",
        "listenAddresses[1] '198.51.100': expected an IPv4 or IPv6 address", "restartTime '4096': expected 0 or 1 to 4095", "maximumPaths '65': expected 0 or 1 to 64")]
    public Task Speaker_ByRest(string json, params string[] problems) => shared.RefusesAsync("/global", json, problems);

    [Theory]
    [InlineData("""{"remoteAs":0}""", "remoteAs '0': " + AnAs + " for a new peer")]
    [InlineData("""{"remoteAs":23456}""", "remoteAs '23456': " + AnAs)]
    [InlineData("""{"remoteAs":4294967296}""", "remoteAs '4294967296': " + AnAs)]
    [InlineData("""{"remoteAs":64503,"localAs":23456}""", "localAs '23456': " + AnAs)]
    [InlineData("""{"remoteAs":64503,"localAs":4294967296}""", "localAs '4294967296': expected 0 or 1 to 4294967295")]
    [InlineData("""{"remoteAs":64503,"holdTime":1}""", "holdTime '1': " + Hold)]
    [InlineData("""{"remoteAs":64503,"holdTime":2}""", "holdTime '2': " + Hold)]
    [InlineData("""{"remoteAs":64503,"password":"012345678901234567890123456789012345678901234567890123456789012345678901234567890"}""", "password '81 bytes': expected 1 to 80 bytes of text")]
    [InlineData("""{"remoteAs":64503,"ipAddress":"198.51.100.1"}""", "ipAddress '198.51.100.1': " + Self)]
    [InlineData("""{"remoteAs":64503,"ipAddress":"2001:db8:2::1"}""", "ipAddress '2001:db8:2::1': " + Self)]
    [InlineData("""{"remoteAs":64503,"ipAddress":"127.0.0.1"}""", "ipAddress '127.0.0.1': " + Self)]
    [InlineData("""{"remoteAs":64503,"importPolicies":["p1","nope"]}""", "importPolicies[1] 'nope': " + PolicyName)]
    [InlineData("""{"remoteAs":64503,"exportPolicies":["nope"]}""", "exportPolicies[0] 'nope': " + PolicyName)]
    [InlineData(
        """{"ipAddress":"198.51.100.1","remoteAs":23456,"localAs":4294967296,"holdTime":2,"password":"012345678901234567890123456789012345678901234567890123456789012345678901234567890","importPolicies":["nope"],"bfd":"on"}""",
        "ipAddress '198.51.100.1': " + Self, "remoteAs '23456': " + AnAs, "localAs '4294967296': expected 0 or 1 to 4294967295", "holdTime '2': " + Hold, "password '81 bytes': expected 1 to 80 bytes of text",
        "importPolicies[0] 'nope': " + PolicyName, "bfd 'on': expected off, follow, strict or strict-local")]
    public Task Neighbor_ByRest(string change, params string[] problems) => shared.RefusesAsync("/neigh", change.Contains("ipAddress", StringComparison.Ordinal) ? change : change.Insert(1, "\"ipAddress\":\"198.51.100.98\","), problems);

    /// <summary>Of a peer that is there one member is wrong and others are right: none of them is taken.</summary>
    [Fact]
    public Task ChangeOfANeighbor_ByRest() => shared.RefusesAsync("/neigh", $$"""{"ipAddress":"{{BgpBadInputScenario.Peer}}","description":"new","passive":true,"holdTime":2}""", "holdTime '2': " + Hold);

    [Theory]
    [InlineData("""{"prefix":"203.0.113.0/24","remoteAs":0}""", "remoteAs '0': " + AnAs + " for a new peer")]
    [InlineData("""{"prefix":"203.0.113.0/24","remoteAs":23456,"holdTime":1}""", "remoteAs '23456': " + AnAs, "holdTime '1': " + Hold)]
    [InlineData("""{"prefix":"203.0.113.1/24","remoteAs":64503,"limit":10001}""", "prefix '203.0.113.1/24': expected a prefix without bits beyond its length, such as 192.0.2.0/24 or 2001:db8::/32", "limit '10001': expected 0 or 1 to 10000")]
    public Task DynamicNeighbor_ByRest(string json, params string[] problems) => shared.RefusesAsync("/dynamicneigh", json, problems);

    [Theory]
    [InlineData("/policy/definedsets/aspath", """{"name":"s","list":["^64500_","("]}""", "list[1] '(': " + AsPattern)]
    [InlineData("/policy/definedsets/aspath", """{"name":"s","list":["(?<=1)2"]}""", "list[0] '(?<=1)2': " + AsPattern)]
    [InlineData("/policy/definedsets/community", """{"name":"s","list":["65536:1","[1"]}""", "list[0] '65536:1': " + Community + OrRegex, "list[1] '[1': " + Community + OrRegex)]
    [InlineData("/policy/definedsets/extcommunity", """{"name":"s","list":["rt:65536:70000"]}""", "list[0] 'rt:65536:70000': expected an extended community as rt:65000:100, soo:192.0.2.1:5 or 0x and 16 hexadecimal digits" + OrRegex)]
    [InlineData("/policy/definedsets/largecommunity", """{"name":"s","list":["1:2:4294967296"]}""", "list[0] '1:2:4294967296': expected a large community as 65000:1:2" + OrRegex)]
    [InlineData("/policy/definedsets/prefix", """{"name":"ps1","prefixList":[{"ipPrefix":"10.0.0.0/8","masklengthRange":"4..33"}]}""", "prefixList[0].masklengthRange '4..33': expected <low>..<high> with 8 <= low <= high <= 32")]
    [InlineData("/policy/definitions", """{"name":"p2","statements":[{"conditions":{"matchPrefixSet":{"prefixSet":"nope"}}}]}""", "statements[0].conditions.matchPrefixSet.prefixSet 'nope': " + SetName)]
    [InlineData(
        "/policy/definitions",
        """{"name":"p1","statements":[{"conditions":{"matchNeighborSet":{"neighborSet":"nope"},"bgpConditions":{"matchCommunitySet":{"communitySet":"nope"}}},"actions":{"bgpActions":{"setCommunity":{"options":"add","setCommunityMethod":["x"]},"setAsPathPrepend":{"as":"0","repeatN":11}}}}]}""",
        "statements[0].conditions.matchNeighborSet.neighborSet 'nope': " + SetName, "statements[0].conditions.bgpConditions.matchCommunitySet.communitySet 'nope': " + SetName,
        "statements[0].actions.bgpActions.setCommunity.setCommunityMethod[0] 'x': " + Community, "statements[0].actions.bgpActions.setAsPathPrepend.as '0': expected last-as, or an AS of 1 to 4294967295 that is not 23456",
        "statements[0].actions.bgpActions.setAsPathPrepend.repeatN '11': expected 1 to 10")]
    [InlineData("/policy/apply", """{"ipAddress":"198.51.100.10","policyType":"import","policies":["p1","nope"],"routeAction":"drop"}""", "policies[1] 'nope': " + PolicyName, "routeAction 'drop': expected accept, reject or auto")]
    public Task SetsAndPolicies_ByRest(string path, string json, params string[] problems) => shared.RefusesAsync(path, json, problems);

    [Theory]
    [InlineData("create bgpglobal 23456", "localAs '23456': " + AnAs)]
    [InlineData("create bgpglobal 64500 --router-id 0.0.0.0", "routerId '0.0.0.0': expected an IPv4 address that is not 0.0.0.0")]
    [InlineData("create bgpneighbor 198.51.100.98 23456", "remoteAs '23456': " + AnAs)]
    [InlineData("create bgpneighbor 198.51.100.98 64503 --hold-time 1", "holdTime '1': " + Hold)]
    [InlineData("create bgpneighbor 198.51.100.98 64503 --hold-time 2", "holdTime '2': " + Hold)]
    [InlineData("create bgpneighbor 198.51.100.98 64503 --password " + TooLong, "password '81 bytes': expected 1 to 80 bytes of text")]
    [InlineData("create bgpneighbor 198.51.100.1 64503", "ipAddress '198.51.100.1': " + Self)]
    [InlineData("create bgpneighbor 198.51.100.1 23456 --hold-time 2 --local-as 23456", "ipAddress '198.51.100.1': " + Self, "remoteAs '23456': " + AnAs, "holdTime '2': " + Hold, "localAs '23456': " + AnAs)]
    [InlineData("set bgp neighbor 198.51.100.10 --hold-time 2 --description new", "holdTime '2': " + Hold)]
    [InlineData("create bgpdynamicneighbor 203.0.113.0/24 23456", "remoteAs '23456': " + AnAs)]
    [InlineData("create bgpdefinedset aspath s ^64500_ (", "list[1] '(': " + AsPattern)]
    [InlineData("create bgpdefinedset community s 65536:1", "list[0] '65536:1': " + Community + OrRegex)]
    [InlineData("create bgppolicyapply 198.51.100.10 import p1,nope", "policies[1] 'nope': " + PolicyName)]
    public Task WhatTheNodeRefuses_ByTheCommandLine(string line, params string[] problems) => shared.RefusesLineAsync(line.Split(' '), "bgp malformed args (400)", problems);

    [Theory]
    [InlineData("create bgpglobal 0", "local-as '0': expected a whole number from 1 to 4294967295")]
    [InlineData("create bgpglobal 4294967296 --router-id router", "local-as '4294967296': expected a whole number from 1 to 4294967295", "--router-id 'router': expected an IPv4 or IPv6 address")]
    [InlineData("create bgpneighbor 198.51.100.98 0", "remote-as '0': expected a whole number from 1 to 4294967295")]
    [InlineData(
        "create bgpneighbor router 4294967296 --hold-time -1 --bfd on",
        "peer-ip 'router': expected an IPv4 or IPv6 address", "remote-as '4294967296': expected a whole number from 1 to 4294967295", "--hold-time '-1': expected a whole number from 0 to 65535",
        "--bfd 'on': expected one of off, follow, strict, strict-local")]
    public Task WhatIsNotEvenSent_ByTheCommandLine(string line, params string[] messages) => shared.FailsLineAsync(line.Split(' '), messages);

    [Fact]
    public async Task PolicyOfAFile_WithAnUnknownSet_ByTheCommandLine()
    {
        var path = Path.Combine(shared.Scenario.Lab.Lab.StateDirectory, "policy.json");
        await File.WriteAllTextAsync(path, """{"statements":[{"conditions":{"matchPrefixSet":{"prefixSet":"nope"}}}]}""", TestContext.Current.CancellationToken);

        await shared.RefusesLineAsync(["create", "bgppolicy", "p2", "--file", path], "bgp malformed args (400)", "statements[0].conditions.matchPrefixSet.prefixSet 'nope': " + SetName);
    }

    [Fact]
    public async Task NeighborThatIsThereJustLikeThis_IsToldAsLoxilbTellsIt_AndIsNoErrorOfTheCommandLine()
    {
        var before = await shared.ReadAsync();

        var (status, _, body) = await shared.Scenario.SendAsync(HttpMethod.Post, BgpBadInputScenario.Root + "/neigh", $$"""{"ipAddress":"{{Absent}}","remoteAs":64502}""");
        (status, (string)JsonNode.Parse(body)!["result"]!).Should().Be((409, "bgp existing neighbor"));
        shared.Run("create", "bgpneighbor", Absent, "64502").Should().Be((0, $"bgpneighbor {Absent} unchanged\n", ""));

        (await shared.ReadAsync()).Should().Equal(before);
        (await shared.IsUpAsync()).Should().BeTrue();
    }

    /// <summary>Another program has the port: the speaker stays what it is, where it listens, with its session.</summary>
    [Fact]
    public async Task PortOfAnotherProgram_ChangesNothing()
    {
        using var other = shared.Scenario.Lab.Node.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Any, 1179));
        other.Listen();
        var before = await shared.ReadAsync();
        const string InUse = "expected an address and port that can be listened on: listen for BGP on '0.0.0.0:1179': Address already in use (errno 98)";

        var (status, _, body) = await shared.Scenario.SendAsync(HttpMethod.Post, BgpBadInputScenario.Root + "/global", """{"localAs":64500,"listenPort":1179,"maximumPaths":4}""");
        (status, (string)JsonNode.Parse(body)!["result"]!).Should().Be((500, "bgp failed to start: speaker.listenPort: value '1179', " + InUse));
        await shared.RefusesLineAsync(["create", "bgpglobal", "64500", "--listen-port", "1179"], "bgp failed to start (500)", "speaker.listenPort '1179': " + InUse);

        (await shared.ReadAsync()).Should().Equal(before);
        (await shared.IsUpAsync()).Should().BeTrue();
        shared.Scenario.Lab.Node.Exec("ss", "-Hltn", "sport = :179").Should().Contain("0.0.0.0:179").And.Contain("[::]:179");
    }
}
