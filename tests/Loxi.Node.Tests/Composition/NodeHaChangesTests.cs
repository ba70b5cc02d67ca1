using System.Net;
using FluentAssertions;
using Loxi.Api.V1;
using Loxi.Bfd;
using Loxi.Core;
using Loxi.Core.Services;
using Loxi.Ha.Transport;
using Loxi.Node.Options;
using Loxi.Node.Rest;
using Loxi.Node.Tests.Ha;
using Xunit;

namespace Loxi.Node.Tests.Composition;

/// <summary>Other nodes and keys, changed while the node runs.</summary>
public sealed class NodeHaChangesTests
{
    private static readonly string Secret = new('a', 64);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Peer_IsAddedChangedAndRemoved_InForceAndStored()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();

        (await PutAsync(ha, 2, "192.0.2.3", "198.51.100.3")).Outcome.Should().Be(HaChangeOutcome.Done);
        ha.Speaker.Settings.Peers.Select(static p => p.NodeId).Should().Equal(1, 2);
        ha.Announcer.Peers[^1].Should().Be("192.0.2.2 198.51.100.2 192.0.2.3 198.51.100.3");
        (await PutAsync(ha, 2, "192.0.2.33")).Outcome.Should().Be(HaChangeOutcome.Done);
        ha.Speaker.Settings.Peers[1].Paths.Should().Equal(new RolePath(IPAddress.Parse("192.0.2.33")));
        (await ha.Node.RemovePeerAsync(1, Token)).Outcome.Should().Be(HaChangeOutcome.Done);

        ha.Speaker.Settings.Peers.Select(static p => p.NodeId).Should().Equal(2);
        ha.Announcer.Peers.TakeLast(2).Should().Equal(["192.0.2.2 198.51.100.2 192.0.2.33", "192.0.2.33"], "who goes has no conflict either");
        var stored = ha.File.Load()!;
        stored.Peers.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Node = 2, Paths = new[] { new HaPathSettings { Address = "192.0.2.33" } } });
        stored.Authentication.Should().BeNull("the keys are those of the flags");
        File.GetUnixFileMode(ha.File.Path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task LastPeer_IsNotTakenAway()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();

        var result = await ha.Node.RemovePeerAsync(1, Token);

        result.Outcome.Should().Be(HaChangeOutcome.Refused);
        result.Problems.Should().ContainSingle().Which.ToString().Should().Be("node: value '1', expected one that is not the last: a node that decides alone is started without --cluster");
        AssertNothingChanged(ha);
        (await ha.Node.RemovePeerAsync(3, Token)).Outcome.Should().Be(HaChangeOutcome.NotFound);
    }

    [Fact]
    public async Task Reset_BringsTheFlagsBack()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();
        await PutAsync(ha, 1, "192.0.2.77");

        (await ha.Node.ResetPeersAsync(Token)).Outcome.Should().Be(HaChangeOutcome.Done);

        ha.Speaker.Settings.Peers.Should().Equal(HaHarness.Peer);
        ha.File.Load()!.Peers.Should().BeNull();
    }

    [Fact]
    public async Task WhatTakesARestart_IsRefused()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();
        (await PutAsync(ha, 0, "192.0.2.9")).Should().BeEquivalentTo(new { Outcome = HaChangeOutcome.Refused });
        AssertNothingChanged(ha);

        await using var alone = new HaHarness(new NodeOptions());
        await alone.StartAsync();
        (await PutAsync(alone, 1, "192.0.2.9")).Problems.Should().ContainSingle().Which.Expected.Should().Be("nodes that decide: who decides changes with a restart only, with --cluster and --self");
        (await alone.Node.ResetPeersAsync(Token)).Outcome.Should().Be(HaChangeOutcome.Refused);
        (await alone.Node.SetKeysAsync(new HaKeysArguments { Mode = "bootstrap" }, Token)).Outcome.Should().Be(HaChangeOutcome.Refused);
        File.Exists(alone.File.Path).Should().BeFalse();
    }

    [Theory]
    [InlineData(4, "192.0.2.9", null, null, "node: value '4', expected less than the number of slices 4")]
    [InlineData(2, "x", "y", null, "paths[0].address: value 'x', expected a unicast IPv4 or IPv6 address without a scope; paths[0].local: value 'y', expected a unicast IPv4 or IPv6 address without a scope")]
    [InlineData(2, "224.0.0.1", null, null, "paths[0].address: value '224.0.0.1', expected a unicast IPv4 or IPv6 address that is not unspecified, broadcast or IPv4-mapped")]
    [InlineData(2, "192.0.2.9", "2001:db8::1", null, "paths[0].local: value '2001:db8::1', expected an address of the family of the peer 192.0.2.9")]
    [InlineData(2, "fe80::1", null, null, "paths[0].interface: value '', expected the interface of the link-local peer fe80::1")]
    [InlineData(2, "192.0.2.9", null, "a b", "paths[0].interface: value 'a b', expected 1 to 15 bytes without white space, '/' and ':', not '.' or '..'")]
    [InlineData(2, "192.0.2.2", null, null, "paths[0].address: value '192.0.2.2', expected another address or interface than peers[0].paths[0] has")]
    [InlineData(-1, "192.0.2.9", null, null, "node: value '-1', expected 0 to 65535")]
    public async Task BadPeer_IsRefusedWithAllThatIsWrong(int node, string address, string? local, string? link, string expected)
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();

        var result = await ha.Node.PutPeerAsync(node, new HaPeerSettings { Paths = [new HaPathSettings { Address = address, Local = local, Interface = link }] }, Token);

        result.Outcome.Should().Be(HaChangeOutcome.Malformed);
        string.Join("; ", result.Problems).Should().Be(expected);
        AssertNothingChanged(ha);
    }

    [Fact]
    public async Task PeerWithoutAWay_OrWithAnotherNumber_IsRefused()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();

        string.Join("; ", (await ha.Node.PutPeerAsync(2, new HaPeerSettings { Node = 3 }, Token)).Problems)
            .Should().Be("node: value '3', expected 2, as in the path; paths: value '', expected at least one path with the address of the node");
        (await ha.Node.PutPeerAsync(2, new HaPeerSettings { Paths = [null] }, Token)).Outcome.Should().Be(HaChangeOutcome.Malformed);
        AssertNothingChanged(ha);
    }

    [Fact]
    public async Task SeventeenthPeer_DoesNotFit()
    {
        await using var ha = new HaHarness(HaHarness.Decides() with { PortSlice = new PortSlice(0, 64) });
        await ha.StartAsync();
        for (var i = 2; i <= 16; i++)
        {
            (await PutAsync(ha, i, $"192.0.2.{i + 1}")).Outcome.Should().Be(HaChangeOutcome.Done);
        }

        (await PutAsync(ha, 17, "192.0.2.99")).Outcome.Should().Be(HaChangeOutcome.LimitReached);
        ha.Speaker.Settings.Peers.Should().HaveCount(16);
    }

    [Fact]
    public async Task WhatTheSpeakerRefuses_IsTakenBack()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();
        await PutAsync(ha, 2, "192.0.2.3");
        var stored = await File.ReadAllTextAsync(ha.File.Path, Token);
        // By what they hold, not the next ones: the node follows its links and services beside the test.
        ha.Speaker.Refuse = static s => s.Peers.Length == 3 ? new InvalidRoleSpeakerSettingsException([Problem.Of("port", "UDP 22112 (IPv6)", "a port that no other process has")]) : null;

        (await PutAsync(ha, 3, "2001:db8::3")).Problems.Should().ContainSingle().Which.Field.Should().Be("port");
        ha.Speaker.Refuse = static s => s.Peers.Length == 3 ? new InvalidOperationException("no descriptors") : null;
        await ha.Awaiting(static h => PutAsync(h, 3, "2001:db8::3")).Should().ThrowAsync<InvalidOperationException>();

        (await File.ReadAllTextAsync(ha.File.Path, Token)).Should().Be(stored);
        (await ha.Node.ReadSettingsAsync(Token)).Peers.Should().HaveCount(2);
        ha.Announcer.Peers[^1].Should().Be("192.0.2.2 198.51.100.2 192.0.2.3");
    }

    [Fact]
    public async Task WhatCannotBeStored_IsNotPutInForce()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();
        Directory.CreateDirectory(ha.File.Path + ".tmp");

        await ha.Awaiting(static h => PutAsync(h, 2, "192.0.2.3")).Should().ThrowAsync<Exception>();

        ha.Speaker.Settings.Peers.Should().Equal(HaHarness.Peer);
        (await ha.Node.ReadSettingsAsync(Token)).ArePeersStored.Should().BeFalse();
    }

    [Fact]
    public async Task SessionOfKeepAlive_IsThereWhileAPathLeadsToItsPeer()
    {
        var watched = new KeepAlive(new BfdSessionSettings(IPAddress.Parse("192.0.2.2")));
        await using var ha = new HaHarness(HaHarness.Decides() with { KeepAlive = watched });
        await ha.StartAsync();

        await PutAsync(ha, 2, "192.0.2.3");
        await PutAsync(ha, 1, "198.51.100.2");
        await PutAsync(ha, 1, "192.0.2.2");

        ha.KeepAlive.Told.Should().Equal(true, false, true);
    }

    [Fact]
    public async Task ChangedServices_KeepChangedPeers()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();
        await PutAsync(ha, 2, "192.0.2.3");

        ha.Set(HaHarness.Service("192.0.2.10", "inst1"));

        await HaHarness.UntilAsync(() => ha.Speaker.Settings.Groups.Length == 2);
        ha.Speaker.Settings.Peers.Should().HaveCount(2);
        await PutAsync(ha, 3, "192.0.2.4");
        ha.Speaker.Settings.Groups.Should().HaveCount(2);
    }

    [Fact]
    public async Task Keys_AreTakenOn_SentWith_AndEnforced()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();

        (await SetAsync(ha, new HaKeysArguments { Mode = "receive-only", Keys = [new HaKeyArguments { Id = 7, Secret = Secret }] })).Outcome.Should().Be(HaChangeOutcome.Done);
        (await SetAsync(ha, new HaKeysArguments { Mode = "permissive" })).Outcome.Should().Be(HaChangeOutcome.Done);
        (await SetAsync(ha, new HaKeysArguments { Mode = "enforce", Keys = [new HaKeyArguments { Id = 7 }, new HaKeyArguments { Id = 8, Secret = new string('b', 32) }] })).Outcome.Should().Be(HaChangeOutcome.Done);
        ha.Speaker.Settings.Authentication.Should().BeEquivalentTo(new { Mode = HelloAuthenticationMode.Enforce, SendKeyId = (ushort?)7 });
        (await SetAsync(ha, new HaKeysArguments { Send = 8 })).Outcome.Should().Be(HaChangeOutcome.Done);

        ha.Speaker.Settings.Authentication.SendKeyId.Should().Be(8);
        ha.Speaker.Settings.Authentication.Keys.Should().Equal(new HelloKey(7, Convert.FromHexString(Secret)), new HelloKey(8, Convert.FromHexString(new string('b', 32))));
        ha.File.Load()!.Authentication.Should().BeEquivalentTo(new HaKeysArguments { Mode = "enforce", Send = 8, Keys = [new HaKeyArguments { Id = 7, Secret = Secret }, new HaKeyArguments { Id = 8, Secret = new string('b', 32) }] });
        ha.File.Load()!.Peers.Should().BeNull();
    }

    [Theory]
    [InlineData("""{"mode":"x"}""", "mode: value 'x', expected one of bootstrap, receive-only, permissive, enforce")]
    [InlineData("""{"mode":"enforce"}""", "keys: value 'none', expected at least one key, or bootstrap")]
    [InlineData("""{"keys":[{"id":1,"secret":"aa"},{"id":0,"secret":"bb"},{"id":2}]}""", "keys[0].secret: value '2 characters', expected 32 to 128 hexadecimal digits, two an octet; keys[1].id: value '0', expected 1 to 65535; keys[2].secret: value 'none', expected a secret: the node has no key 2")]
    [InlineData("""{"keys":[{"id":1,"secret":"00112233445566778899aabbccddeeff"}]}""", "keys: value '1', expected no key in bootstrap")]
    [InlineData("""{"mode":"permissive","send":2,"keys":[{"id":1,"secret":"00112233445566778899aabbccddeeff"}]}""", "send: value '2', expected the number of one of the keys: 1")]
    [InlineData("""{"mode":"permissive","keys":[{"id":1,"secret":"00112233445566778899aabbccddeeff"},{"id":1,"secret":"00112233445566778899aabbccddeef0"}]}""", "keys: value '1', expected each number once")]
    [InlineData("""{"reread":true}""", "reread: value 'true', expected false on a node that was started without --ha-keys")]
    [InlineData("""{"reread":true,"keys":[]}""", "reread: value 'true', expected false where keys are given")]
    public async Task BadKeys_AreRefusedWithAllThatIsWrong_AndNoSecret(string json, string expected)
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();

        var result = await SetAsync(ha, System.Text.Json.JsonSerializer.Deserialize(json, Api.LoxiJson.HaKeysArguments)!);

        result.Outcome.Should().Be(HaChangeOutcome.Malformed);
        string.Join("; ", result.Problems).Should().Be(expected);
        AssertNothingChanged(ha);
    }

    [Fact]
    public async Task ChangeThatWouldSilenceANode_IsRefused_UnlessForced()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();
        await SetAsync(ha, new HaKeysArguments { Mode = "permissive", Keys = [new HaKeyArguments { Id = 1, Secret = Secret }, new HaKeyArguments { Id = 2, Secret = new string('b', 32) }] });

        ha.Speaker.Peers = [Heard(key: 0)];
        (await SetAsync(ha, new HaKeysArguments { Mode = "enforce" })).Problems.Should().ContainSingle().Which.Expected.Should().Be("a mode that hears node 1, which sends without authentication; or force");
        ha.Speaker.Peers = [Heard(key: 1)];
        (await SetAsync(ha, new HaKeysArguments { Mode = "enforce" })).Outcome.Should().Be(HaChangeOutcome.Done);
        (await SetAsync(ha, new HaKeysArguments { Send = 2, Keys = [new HaKeyArguments { Id = 2 }] })).Problems.Should().ContainSingle().Which.Expected.Should().Be("key 1 as it is among them, with which node 1 sends; or force");
        (await SetAsync(ha, new HaKeysArguments { Send = 2, Keys = [new HaKeyArguments { Id = 2 }, new HaKeyArguments { Id = 1, Secret = new string('c', 32) }] })).Outcome.Should().Be(HaChangeOutcome.Refused, "another secret is another key");
        ha.Speaker.Settings.Authentication.Keys.Should().HaveCount(2);

        (await SetAsync(ha, new HaKeysArguments { Send = 2, Keys = [new HaKeyArguments { Id = 2 }], Force = true })).Outcome.Should().Be(HaChangeOutcome.Done);
        ha.Speaker.Peers = [Heard(key: 1) with { IsHeard = false }];
        (await SetAsync(ha, new HaKeysArguments { Send = 3, Keys = [new HaKeyArguments { Id = 3, Secret = Secret }] })).Outcome.Should().Be(HaChangeOutcome.Done, "who is not heard cannot be silenced");
    }

    [Fact]
    public async Task NodeThatSendsAuthenticated_GoesBackWithARestartOnly()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();
        await SetAsync(ha, new HaKeysArguments { Mode = "permissive", Keys = [new HaKeyArguments { Id = 1, Secret = Secret }] });

        foreach (var mode in new[] { "bootstrap", "receive-only" })
        {
            var result = await SetAsync(ha, new HaKeysArguments { Mode = mode, Force = true });
            result.Outcome.Should().Be(HaChangeOutcome.Refused);
            result.Problems.Should().ContainSingle().Which.Expected.Should().Contain("before it is started again");
        }

        ha.Speaker.Settings.Authentication.Mode.Should().Be(HelloAuthenticationMode.Permissive);
    }

    [Fact]
    public async Task KeyFile_IsReadAgain_OrNothingIsChanged()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("loxi-ha-keys-").FullName, "keys");
        Write(path, "1 " + Secret);
        await using var ha = new HaHarness(HaHarness.Decides() with { Ha = new HaOptions { Peers = [HaHarness.Peer], KeyFile = path } });
        await ha.StartAsync();
        ha.Speaker.Settings.Authentication.Keys.Should().ContainSingle();

        Write(path, "1 " + Secret + "\n2 " + new string('b', 64));
        (await SetAsync(ha, new HaKeysArguments { Reread = true })).Outcome.Should().Be(HaChangeOutcome.Done);
        ha.Speaker.Settings.Authentication.Should().BeEquivalentTo(new { Mode = HelloAuthenticationMode.Enforce, SendKeyId = (ushort?)1 });
        (await SetAsync(ha, new HaKeysArguments { Send = 2 })).Outcome.Should().Be(HaChangeOutcome.Done);
        ha.File.Load()!.Authentication.Should().BeEquivalentTo(new HaKeysArguments { Mode = "enforce", Send = 2 }, "keys of the file are not copied");

        Write(path, "nonsense");
        (await SetAsync(ha, new HaKeysArguments { Reread = true })).Problems.Should().ContainSingle().Which.Field.Should().Be(path + ", line 1");
        File.Delete(path);
        (await SetAsync(ha, new HaKeysArguments { Reread = true })).Problems.Should().ContainSingle().Which.Field.Should().Be("--ha-keys");
        ha.Speaker.Settings.Authentication.Keys.Should().HaveCount(2);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static RolePeerStatus Heard(ushort key) => new(1, 1, true, key != 0, []) { KeyId = key };

    private static void Write(string path, string text)
    {
        File.WriteAllText(path, text + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static Task<HaChange> PutAsync(HaHarness ha, int node, params string[] addresses) =>
        ha.Node.PutPeerAsync(node, new HaPeerSettings { Paths = [.. addresses.Select(static a => new HaPathSettings { Address = a })] }, Token);

    private static Task<HaChange> SetAsync(HaHarness ha, HaKeysArguments arguments) => ha.Node.SetKeysAsync(arguments, Token);

    private static void AssertNothingChanged(HaHarness ha)
    {
        ha.Speaker.Applied.Should().ContainSingle();
        File.Exists(ha.File.Path).Should().BeFalse();
        ha.Announcer.Peers.Should().ContainSingle();
    }
}
