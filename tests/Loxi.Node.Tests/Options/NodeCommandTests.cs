using System.Net;
using FluentAssertions;
using Loxi.Bfd;
using Loxi.Core.Services;
using Loxi.Nat.Interfaces;
using Loxi.Ha.Transport;
using Loxi.Node.Options;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Loxi.Node.Tests.Options;

public sealed class NodeCommandTests
{
    [Fact]
    public async Task NoFlags_GivesDefaults()
    {
        var (code, options, _) = await RunAsync();

        code.Should().Be(0);
        options!.Should().BeEquivalentTo(new NodeOptions());
        options!.ListenAddresses.Should().Equal(IPAddress.Loopback);
    }

    [Fact]
    public async Task EveryFlag_IsRead()
    {
        var (code, options, _) = await RunAsync(
            "--host", "192.0.2.1", "--port=8080", "--api-allow=192.0.2.0/24,2001:db8::/32,203.0.113.7", "--hook", "auto,eth0=xdp,eth1=tc", "--whitelist=eth.",
            "--blacklist", "none", "--instance", "b-2", "--state-dir", "/tmp/s", "--no-sysctl", "--purge", "--hash-seed=0xfF", "--max-connections", "2000000", "--loglevel=debug", "--egr-hooks", "--self=1", "--port-slices", "4", "-k", "192.0.2.2:192.0.2.1:50000", "--bfd-priority=10",
            "--cluster", "0@192.0.2.2,2@192.0.2.3", "--ha-interval=50", "--ha-multiplier", "4", "--ha-keys=/tmp/keys", "--ha-auth", "permissive", "--ha-priority=9", "--ha-gateways=192.0.2.254,2001:db8::fe",
            "-b", "--bgp-listen=192.0.2.1,2001:db8::1", "--bgp-port", "1790", "--bgp-router-id=192.0.2.9", "--bgp-drain", "2500", "--bgp-stop=leave", "--bgp-announce-unhealthy");

        code.Should().Be(0);
        options!.Host.Should().Be(IPAddress.Parse("192.0.2.1"));
        options.Port.Should().Be(8080);
        options.ApiAllow.Should().Equal(IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("203.0.113.7/32"));
        options.Hook.Default.Should().Be(HookMode.Auto);
        options.Hook.ModeOf("eth0").Should().Be(HookMode.Xdp);
        options.Hook.ModeOf("eth1").Should().Be(HookMode.Tc);
        options.Hook.ModeOf("eth2").Should().Be(HookMode.Auto);
        options.Interfaces.Uses("veth0").Should().BeTrue();
        options.Interfaces.Uses("lo").Should().BeFalse();
        options.Instance.Should().Be("b-2");
        options.StateDirectory.Should().Be("/tmp/s");
        options.PinDirectory.Should().Be("/sys/fs/bpf/loxi/b-2");
        options.NoSysctl.Should().BeTrue();
        options.Purge.Should().Be(PurgeMode.OnExit);
        options.HashSeed.Should().Be(255);
        options.MaxConnections.Should().Be(2_000_000);
        options.EgressHooks.Should().BeTrue();
        options.PortSlice.Should().Be(new PortSlice(1, 4));
        options.LogLevel.Should().Be(LogLevel.Debug);
        options.BfdPriority.Should().Be(10);
        options.Bgp.Should().BeTrue();
        options.BgpDefaults.ListenAddresses.Should().Equal(IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1"));
        options.BgpDefaults.Should().BeEquivalentTo(new { ListenPort = 1_790, RouterId = IPAddress.Parse("192.0.2.9") });
        options.BgpDrain.Should().Be(TimeSpan.FromSeconds(2.5));
        options.Announcements.Unhealthy.Should().BeTrue();
        options.Ha.Should().BeEquivalentTo(new { Interval = TimeSpan.FromMilliseconds(50), Multiplier = 4, KeyFile = "/tmp/keys", Mode = HelloAuthenticationMode.Permissive, Required = false, Priority = 9 });
        options.Ha.Gateways.Addresses.Should().Equal(IPAddress.Parse("192.0.2.254"), IPAddress.Parse("2001:db8::fe"));
        options.Ha.Gateways.IsAutomatic.Should().BeFalse();
        options.Ha.Peers.Select(static p => $"{p.NodeId} {string.Join(',', p.Paths)}").Should().Equal("0 192.0.2.1 -> 192.0.2.2", "2 192.0.2.3");
        options.KeepAlive!.Settings.Should().Be(new BfdSessionSettings(IPAddress.Parse("192.0.2.2"))
        {
            LocalAddress = IPAddress.Parse("192.0.2.1"),
            DesiredMinTxInterval = TimeSpan.FromMilliseconds(50),
            RequiredMinRxInterval = TimeSpan.FromMilliseconds(50),
        });
    }

    [Theory]
    [InlineData("--host", "localhost")]
    [InlineData("--host", "192.0.2")]
    [InlineData("--port", "0")]
    [InlineData("--port", "65536")]
    [InlineData("--port", "x")]
    [InlineData("--api-allow", "192.0.2.1/24")]
    [InlineData("--api-allow", "192.0.2.0/24,")]
    [InlineData("--api-allow", "192.0.2.0/33")]
    [InlineData("--hook", "fast")]
    [InlineData("--hook", "eth0=xdp")]
    [InlineData("--hook", "tc,eth0=xdp,eth0=tc")]
    [InlineData("--hook", "tc,=xdp")]
    [InlineData("--hook", "tc,an-interface-name-too-long=xdp")]
    [InlineData("--hook", "tc,a/b=xdp")]
    [InlineData("--whitelist", "eth[")]
    [InlineData("--blacklist", "(?=x)")]
    [InlineData("--instance", "Upper")]
    [InlineData("--instance", "../x")]
    [InlineData("--instance", "")]
    [InlineData("--instance", "a23456789012345678901234567890123")]
    [InlineData("--state-dir", "")]
    [InlineData("--purge", "later")]
    [InlineData("--hash-seed", "0x")]
    [InlineData("--hash-seed", "-1")]
    [InlineData("--hash-seed", "0x1ffffffffffffffff")]
    [InlineData("--max-connections", "1023")]
    [InlineData("--log-level", "loud")]
    [InlineData("--self", "-1")]
    [InlineData("--self", "65536")]
    [InlineData("--self", "a")]
    [InlineData("--port-slices", "0")]
    [InlineData("--port-slices", "1025")]
    [InlineData("--bfd-priority", "-1")]
    [InlineData("--bfd-priority", "100")]
    [InlineData("--bfd-priority", "high")]
    [InlineData("--bgp-listen", "192.0.2.1,x")]
    [InlineData("--bgp-listen", "")]
    [InlineData("--bgp-port", "0")]
    [InlineData("--bgp-router-id", "0.0.0.0")]
    [InlineData("--bgp-router-id", "2001:db8::1")]
    [InlineData("--bgp-drain", "20001")]
    [InlineData("--bgp-drain", "-1")]
    [InlineData("--bgp-stop", "never")]
    [InlineData("--cluster", "llb2")]
    [InlineData("--ha-interval", "9")]
    [InlineData("--ha-interval", "10001")]
    [InlineData("--ha-multiplier", "1")]
    [InlineData("--ha-multiplier", "51")]
    [InlineData("--ha-auth", "none")]
    [InlineData("--ha-auth", "enforce")]
    [InlineData("--ha-keys", "")]
    [InlineData("--ha-priority", "100")]
    [InlineData("--ha-gateways", "router")]
    [InlineData("--ha-gateways", "192.0.2.254,")]
    [InlineData("--ha-gateways", "0.0.0.0")]
    public async Task BadValue_NamesFlagValueAndExpectation(string flag, string value)
    {
        var (code, options, error) = await RunAsync(flag, value);

        code.Should().Be(2);
        options.Should().BeNull();
        error.Should().MatchRegex($"(?m)^loxid: {flag}: value '").And.Contain($"'{value}', expected ");
    }

    [Theory]
    [InlineData(2, "1 192.0.2.1 -> 192.0.2.2", "--self=0", "--ka=192.0.2.2:192.0.2.1")]
    [InlineData(2, "0 192.0.2.2", "--self=1", "--cluster=192.0.2.2")]
    [InlineData(1, "", "--ka=192.0.2.2:192.0.2.1")]
    [InlineData(1, "", "--cluster=none", "--ka=none", "--self=0")]
    [InlineData(2, "", "--self=1", "--port-slices=2")]
    public async Task OtherNodes_ComeFromClusterAndFromANumberedKeepAlive(int slices, string peers, params string[] arguments)
    {
        var (code, options, error) = await RunAsync(arguments);

        error.Should().BeEmpty();
        code.Should().Be(0);
        options!.PortSlice.Count.Should().Be(slices);
        string.Join(';', options.Ha.Peers.Select(static p => $"{p.NodeId} {string.Join(',', p.Paths)}")).Should().Be(peers);
    }

    [Theory]
    [InlineData("loxid: --self: value 'none', expected the number of this node with --cluster, another one on each node", "--cluster=192.0.2.2")]
    [InlineData("loxid: --port-slices: value '65', expected at most 64 with other nodes", "--cluster=1@192.0.2.2", "--self=0", "--port-slices=65")]
    public async Task OtherNodesWithoutANumber_OrTooMany_AreRefused(string message, params string[] arguments)
    {
        var (code, options, error) = await RunAsync(arguments);

        code.Should().Be(2);
        options.Should().BeNull();
        error.Should().Contain(message + Environment.NewLine);
    }

    [Theory]
    [InlineData("loxid: --self: value '1', expected a number below --port-slices, which is 1", "--self=1")]
    [InlineData("loxid: --self: value '65535', expected a number below --port-slices, which is 2", "--self", "65535", "--port-slices=2")]
    public async Task SelfBeyondTheSlices_NamesBoth(string message, params string[] arguments)
    {
        var (code, options, error) = await RunAsync(arguments);

        code.Should().Be(2);
        options.Should().BeNull();
        error.Should().StartWith(message + Environment.NewLine);
    }

    [Fact]
    public async Task SelfAndSlicesThatCannotBeRead_AreNamedAloneAndOnce()
    {
        var (_, _, error) = await RunAsync("--self=x", "--port-slices=y");

        error.Split(Environment.NewLine).Where(static l => l.Contains("value", StringComparison.Ordinal)).Should().BeEquivalentTo(
            "loxid: --self: value 'x', expected 0 to 65535", "loxid: --port-slices: value 'y', expected 1 to 1024");
    }

    [Fact]
    public async Task EgressHooks_WithAValue_AreAFlagAllTheSame()
    {
        (await RunAsync("--egr-hooks=false")).Options!.EgressHooks.Should().BeFalse();
        (await RunAsync("--egr-hooks=maybe")).Code.Should().Be(2);
    }

    [Fact]
    public async Task SeveralBadValues_AreAllNamed()
    {
        var (_, _, error) = await RunAsync("--port=0", "--host=x", "--log-level=loud");

        error.Should().Contain("--port: value '0'").And.Contain("--host: value 'x'").And.Contain("--log-level: value 'loud'");
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("start")]
    [InlineData("--port")]
    [InlineData("--port=1", "--port=2")]
    [InlineData("@file")]
    public async Task UnknownOrIncompleteFlag_ExitsWithTwo(params string[] arguments)
    {
        var (code, options, error) = await RunAsync(arguments);

        code.Should().Be(2);
        options.Should().BeNull();
        error.Should().Contain(arguments[^1].Split('=')[0]);
    }

    [Fact]
    public async Task Help_ListsEveryFlagAndExitsWithZero()
    {
        using var output = new StringWriter();
        var code = await NodeCommand.RunAsync(["--help"], static (_, _) => Task.FromResult(99), output, TextWriter.Null);

        code.Should().Be(0);
        output.ToString().Should().ContainAll("--host", "--port", "--api-allow", "--hook", "--whitelist", "--blacklist", "--instance", "--state-dir", "--pin-dir", "--no-sysctl", "--purge", "--hash-seed", "--max-connections", "--log-level", "--egr-hooks", "--self", "--port-slices", "--ka", "-k", "--bfd-priority", "--bgp", "-b", "--bgp-listen", "--bgp-port", "--bgp-router-id", "--bgp-drain", "--bgp-stop", "--bgp-announce-unhealthy");
    }

    [Fact]
    public async Task BgpStop_Restart_IsReadAndNeedsADataPlaneThatStays()
    {
        (await RunAsync("--bgp-stop", "restart")).Options!.BgpStop.Should().Be(BgpStopMode.Restart);
        var (code, _, error) = await RunAsync("--bgp-stop=restart", "--purge");
        code.Should().Be(2);
        error.Should().Contain("--bgp-stop: value 'restart', expected leave, with --purge on-exit");
    }

    [Fact]
    public async Task Purge_NowAndOnExit_AreTold()
    {
        (await RunAsync("--purge=now")).Options!.Purge.Should().Be(PurgeMode.Now);
        (await RunAsync("--purge", "on-exit")).Options!.Purge.Should().Be(PurgeMode.OnExit);
        (await RunAsync("--purge", "--port=1")).Options!.Purge.Should().Be(PurgeMode.OnExit);
    }

    [Fact]
    public async Task ApiAllowWithoutHost_ListensEverywhere() =>
        (await RunAsync("--api-allow=192.0.2.1")).Options!.ListenAddresses.Should().Equal(IPAddress.IPv6Any);

    [Fact]
    public async Task Filter_BlacklistAndWhitelist_FollowLoxilb()
    {
        var black = (await RunAsync("--blacklist=cni[0-9a-z]|veth.|flannel.")).Options!.Interfaces;
        black.Uses("eth0").Should().BeTrue();
        black.Uses("myveth1").Should().BeFalse("expressions are not anchored");
        black.Uses("lo").Should().BeFalse();

        var white = (await RunAsync("--blacklist=eth", "--whitelist=eth0|lo")).Options!.Interfaces;
        white.Uses("eth0").Should().BeTrue("the blacklist does not count with a whitelist");
        white.Uses("lo").Should().BeTrue();
        white.Uses("eth1").Should().BeFalse();
    }

    private static async Task<(int Code, NodeOptions? Options, string Error)> RunAsync(params string[] arguments)
    {
        NodeOptions? seen = null;
        using var error = new StringWriter();
        var code = await NodeCommand.RunAsync(
            arguments,
            (options, _) =>
            {
                seen = options;
                return Task.FromResult(0);
            },
            TextWriter.Null,
            error);
        return (code, seen, error.ToString());
    }
}
