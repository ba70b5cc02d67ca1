using System.Net;
using FluentAssertions;
using Xunit;

namespace Loxi.Cli.Tests;

/// <summary><c>ha peer</c> and <c>ha keys</c>.</summary>
public sealed class HaPeerTests
{
    private const string Peers = "/loxi/v1/ha/peers";
    private const string Keys = "/loxi/v1/ha/keys";
    private const string Success = """{"result":"Success"}""";
    private const string Enforced = """{"mode":"enforce","send":2,"origin":"stored","keysFrom":"stored","keys":[{"id":1,"fingerprint":"0011223344556677"},{"id":2,"fingerprint":"8899aabbccddeeff"}]}""";

    [Fact]
    public async Task List_ShowsEachWay()
    {
        var node = new FakeNode().Answer("GET " + Peers, """{"origin":"stored","self":0,"peers":[{"node":1,"paths":[{"address":"192.0.2.2"},{"address":"fe80::2","local":"fe80::1","interface":"eth0"}]}]}""");

        var output = (await Cli.RunAsync(node, "ha peer list")).Output;

        output.Should().MatchRegex("(?m)^ *1 +192.0.2.2 .*stored").And.MatchRegex("(?m)^ *1 +fe80::2 +fe80::1 +eth0 +stored");
    }

    [Fact]
    public async Task Set_SendsTheWays()
    {
        var node = new FakeNode().Answer("PUT *", """{"node":2,"paths":[]}""");

        (await Cli.RunAsync(node, "ha peer set 2 192.0.2.3 192.0.2.4,192.0.2.1 fe80::2%eth0,fe80::1")).Output.Should().Be("ha peer 2 set\n");

        node.Requests.Should().Equal(new SentRequest(
            "PUT", Peers + "/2", """{"paths":[{"address":"192.0.2.3"},{"address":"192.0.2.4","local":"192.0.2.1"},{"address":"fe80::2","local":"fe80::1","interface":"eth0"}]}""", null));
    }

    [Fact]
    public async Task Set_SendsPins_AndListShowsThem()
    {
        var (a, b) = (new string('a', 64), new string('b', 64));
        var node = new FakeNode().Answer("PUT *", """{"node":2,"paths":[]}""").Answer("GET " + Peers, $$"""{"origin":"stored","self":0,"peers":[{"node":1,"paths":[{"address":"192.0.2.2"}],"syncPins":["{{a}}","{{b}}"]}]}""");

        await Cli.RunAsync(node, $"ha peer set 2 192.0.2.3 --sync-pin {a},{b}");

        node.Requests[^1].Body.Should().Be($$"""{"paths":[{"address":"192.0.2.3"}],"syncPins":["{{a}}","{{b}}"]}""");
        (await Cli.RunAsync(node, "ha peer list")).Output.Should().MatchRegex($"(?m)^ *1 +192.0.2.2 .*stored +{a},{b}");
    }

    [Theory]
    [InlineData("ha peer set 2 192.0.2.3 --sync-pin ab", "--sync-pin 'ab': expected 64 hexadecimal digits")]
    [InlineData("ha peer set 2", "expected NODE PATH")]
    [InlineData("ha peer set x 192.0.2.3", "node 'x': expected a whole number from 0 to 65535")]
    [InlineData("ha peer set 2 192.0.2", "path '192.0.2': expected ADDRESS[%IFNAME][,OWN-ADDRESS]")]
    [InlineData("ha peer set 2 fe80::1", "path 'fe80::1': expected")]
    [InlineData("ha peer set 2 192.0.2.3,2001:db8::1", "path '192.0.2.3,2001:db8::1': expected")]
    [InlineData("ha peer set 2 192.0.2.3%", "path '192.0.2.3%': expected")]
    [InlineData("ha peer remove 70000", "node '70000': expected")]
    [InlineData("ha keys --mode none", "--mode 'none': expected one of bootstrap, receive-only, permissive, enforce")]
    [InlineData("ha keys --send 0", "--send '0': expected a whole number from 1 to 65535")]
    [InlineData("ha keys --file a --reread", "expected --file or --reread, not both")]
    [InlineData("ha keys --force", "with --force")]
    [InlineData("ha keys --file a --api http://192.0.2.1:11111", "keys are not sent in plain text")]
    [InlineData("ha keys --file nowhere", "--file 'nowhere': expected a file that can be read")]
    public async Task BadLine_SendsNothing(string line, string error)
    {
        var node = new FakeNode();

        var outcome = await Cli.RunAsync(node, line);

        outcome.Code.Should().Be(2);
        outcome.Error.Should().Contain(error);
        node.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Remove_AndReset_AreSent()
    {
        var node = new FakeNode().Answer("DELETE " + Peers + "/1", Success).Answer("DELETE " + Peers, Success)
            .Answer("DELETE " + Peers + "/7", """{"code":404,"fields":null,"message":"x","result":"no-peer error"}""", HttpStatusCode.NotFound);

        (await Cli.RunAsync(node, "ha peer remove 1")).Output.Should().Be("ha peer 1 removed\n");
        (await Cli.RunAsync(node, "ha peer reset")).Output.Should().Be("ha peers reset\n");
        (await Cli.RunAsync(node, "ha peer remove 7")).Should().BeEquivalentTo(new { Code = 4, Error = "loxictl: no other node 7\n" });
    }

    [Fact]
    public async Task Keys_AreShown_OrChanged()
    {
        var node = new FakeNode().Answer("GET " + Keys, Enforced).Answer("PUT " + Keys, Enforced);

        (await Cli.RunAsync(node, "ha keys")).Output.Should().MatchRegex("(?m)^enforce +1 +no +0011223344556677 +stored").And.MatchRegex("(?m)^enforce +2 +yes +8899aabbccddeeff");
        await Cli.RunAsync(node, "ha keys --mode enforce --send 2");
        await Cli.RunAsync(node, "ha keys --reread --force");

        node.Requests.Skip(1).Select(static r => r.Body).Should().Equal("""{"mode":"enforce","send":2}""", """{"reread":true,"force":true}""");
    }

    [Fact]
    public async Task KeysOfAFile_AreSent_AndWrongLinesAreNamedWithoutTheirSecrets()
    {
        var directory = Directory.CreateTempSubdirectory("loxi-cli-keys-").FullName;
        var path = Path.Combine(directory, "keys");
        await File.WriteAllTextAsync(path, "# ours\n1 00112233445566778899aabbccddeeff\n\n", TestContext.Current.CancellationToken);
        var node = new FakeNode().Answer("PUT " + Keys, Enforced);

        (await Cli.RunAsync(node, $"ha keys --file {path} --send 1")).Code.Should().Be(0);
        node.Requests.Single().Body.Should().Be("""{"send":1,"keys":[{"id":1,"secret":"00112233445566778899aabbccddeeff"}]}""");

        await File.WriteAllTextAsync(path, "1 s3cret\n0 00112233445566778899aabbccddeeff\n", TestContext.Current.CancellationToken);
        var outcome = await Cli.RunAsync(node, $"ha keys --file {path}");
        outcome.Should().BeEquivalentTo(new { Code = 2 });
        outcome.Error.Should().Contain("line 1: expected").And.Contain("line 2: expected").And.NotContain("s3cret");
        Directory.Delete(directory, recursive: true);
    }
}
