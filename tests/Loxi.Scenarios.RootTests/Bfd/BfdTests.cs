using System.Net;
using FluentAssertions;
using Loxi.Api.Wire;
using Xunit;

namespace Loxi.Scenarios.RootTests.Bfd;

/// <summary>BFD between real nodes. The intervals are long: how short they may be is measured elsewhere, and here everything else that runs takes its time.</summary>
public sealed class BfdTests
{
    private const string LeftAddress = "192.0.2.1";
    private const string RightAddress = "192.0.2.2";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KeepAliveOfTwoNodes_LivesThroughChangesDeathAndReturn()
    {
        await using var lab = BfdLab.OneLink();
        var (left, right) = (lab.Left, lab.Right);
        await Task.WhenAll(left.StartAsync($"--ka={RightAddress}:{LeftAddress}:300000"), right.StartAsync("-k", $"{LeftAddress}:0.0.0.0:300000"));

        // Up on both, by the command line and in the metrics too.
        await left.WaitUpAsync(RightAddress);
        await right.WaitUpAsync(LeftAddress);
        // Up comes first, at the slow interval; then the peer says its own one by a Poll.
        var up = await left.WaitAsync(RightAddress, static s => s is { State: "BFDUp", DetectionTime: 900_000 });
        up.Should().BeEquivalentTo(new { SourceIP = LeftAddress, Port = 3784, Interval = 300_000, RetryCount = 3, MinTtl = 255, Origin = "ka", DetectionTime = 900_000 });
        (await right.ReadAsync(LeftAddress)).SourceIP.Should().Be(RightAddress, "the route has chosen it");
        left.Cli("get bfd").Should().MatchRegex($@"(?m)^{RightAddress} +{LeftAddress} +up +20\S+Z +300ms +3 +900ms");
        (await left.ReadMetricsAsync()).Should().MatchRegex($@"(?m)^loxi_bfd_session_up\{{[^}}]*peer=""{RightAddress}""[^}}]*\}} 1");

        // A change of the parameters reaches the peer, and nobody goes down.
        var before = (await right.ReadAsync(LeftAddress)).Counters!.Transitions;
        (await left.Api.PutBfdSessionAsync(new BfdArguments { RemoteIP = RightAddress, Interval = 200_000, RetryCount = 10 }, Cancellation)).Should().BeTrue();
        await right.WaitAsync(LeftAddress, static s => s.Remote is { Interval: 200_000, MinRx: 200_000, RetryCount: 10 } && s.DetectionTime == 3_000_000);
        left.Cli($"set bfd {RightAddress} --interval=400000");
        await right.WaitAsync(LeftAddress, static s => s.Remote is { Interval: 400_000 } && s.DetectionTime == 4_000_000);
        (await left.ReadAsync(RightAddress)).Should().BeEquivalentTo(new { State = "BFDUp", Counters = new { up.Counters!.Transitions } });
        (await right.ReadAsync(LeftAddress)).Should().BeEquivalentTo(new { State = "BFDUp", Counters = new { Transitions = before } });

        // Deleted: the peer is told.
        left.Cli($"delete bfd {RightAddress}").Should().Be($"bfd {RightAddress} deleted\n");
        var told = await right.WaitAsync(LeftAddress, static s => s.State == "BFDDown");
        told.Transitions![^1].Should().BeEquivalentTo(new { From = "BFDUp", To = "BFDDown", Cause = "neighborSignaledAdminDown", RemoteState = "BFDAdminDown" });

        // Made anew by an operator: it is saved.
        left.Cli($"create bfd {RightAddress} --interval=300000 --passive=false");
        await right.WaitUpAsync(LeftAddress);

        // Killed: the peer finds out by itself, and a node that comes back without the flag takes the session up again.
        await left.Daemon.KillAsync();
        var silent = await right.WaitAsync(LeftAddress, static s => s.State == "BFDDown");
        silent.Transitions![^1].Should().BeEquivalentTo(new { Cause = "detectionTimeExpired", Diagnostic = "controlDetectionTimeExpired" });
        await left.StartAsync();
        await right.WaitUpAsync(LeftAddress);
        (await left.WaitUpAsync(RightAddress)).Should().BeEquivalentTo(new { Origin = "api", Interval = 300_000 });

        // Stopped in order: the peer is told before anything else ends.
        (await left.Daemon.StopAsync()).Should().Be(0, left.Daemon.Tail());
        var stopped = await right.WaitAsync(LeftAddress, static s => s.State == "BFDDown");
        stopped.Transitions![^1].Cause.Should().Be("neighborSignaledAdminDown");
    }

    [Theory]
    [InlineData("--ka=[2001:db8::2]:[2001:db8::1]:300000", "--ka=[2001:db8::1]:[::]:300000", "2001:db8::2", "2001:db8::1")]
    [InlineData("--ka=[fe80::2%eth0]:[fe80::1]:300000", "--ka=[fe80::1%eth0]", "fe80::2", "fe80::1")]
    public async Task KeepAliveOverIPv6_IsUp(string ofLeft, string ofRight, string right, string left)
    {
        await using var lab = BfdLab.OneLink();

        await Task.WhenAll(lab.Left.StartAsync(ofLeft), lab.Right.StartAsync(ofRight));

        (await lab.Left.WaitUpAsync(right)).SourceIP.Should().Be(left);
        (await lab.Right.WaitUpAsync(left)).SourceIP.Should().Be(right);
    }

    [Fact]
    public async Task KeepAliveBehindARouter_IsASessionOverSeveralHops()
    {
        await using var lab = BfdLab.TwoHops();
        var (left, right) = (lab.Left, lab.Right);

        await Task.WhenAll(left.StartAsync("--ka=198.51.100.2:0.0.0.0:300000"), right.StartAsync("--ka=192.0.2.1:0.0.0.0:300000"));

        (await left.WaitUpAsync("198.51.100.2")).Should().BeEquivalentTo(new { Port = 4784, Multihop = true, MinTtl = 224 });
        await right.WaitUpAsync("192.0.2.1");
        await left.Daemon.WaitForLineAsync("The peer of BFD session 198.51.100.2 is on no connected subnet: the session is one over several hops, UDP port 4784, least TTL 224");

        // The router takes one off: more is asked for than arrives.
        await left.Api.PutBfdSessionAsync(new BfdArguments { RemoteIP = "198.51.100.2", MinTtl = 255 }, Cancellation);
        var down = await left.WaitAsync("198.51.100.2", static s => s.State == "BFDDown");
        down.Discards.Should().Contain(static d => d.Reason == "ttl");
    }

    [Fact]
    public async Task AuthenticatedSessionsByRest_GoUpWithTheSameKeyOnly()
    {
        await using var lab = BfdLab.OneLink();
        var (left, right) = (lab.Left, lab.Right);
        await Task.WhenAll(left.StartAsync(), right.StartAsync());
        left.Cli($"create bfd {RightAddress} --interval=300000 --auth-type=meticulous-sha1 --auth-key=1:first");
        right.Cli($"create bfd {LeftAddress} --interval=300000 --auth-type=meticulous-sha1 --auth-key=1:other");
        await left.WaitAsync(RightAddress, static s => s.Discards?.Any(static d => d.Reason == "authenticationDigest") == true);

        right.Cli($"set bfd {LeftAddress} --auth-type=meticulous-sha1 --auth-key=1:first");

        await left.WaitUpAsync(RightAddress);
        left.Cli("get bfd -o json").Should().Contain("\"meticulous-sha1\"").And.NotContain("first");
        left.Host.Exec("stat", "-c", "%a", $"/run/loxi/{left.Host.Instance}/bfd.json").Should().Be("600\n");
    }

    [Fact]
    public async Task NodeWithoutASession_HasNoThreadOfBfd()
    {
        await using var lab = BfdLab.OneLink();
        var left = lab.Left;
        await left.StartAsync();
        (await left.ReadMetricsAsync()).Should().Contain("loxi_nat_connections");
        left.Threads().Should().NotContain(static name => name.StartsWith("Loxi.Bfd", StringComparison.Ordinal));

        left.Cli($"create bfd {RightAddress}");

        left.Threads().Should().Contain("Loxi.Bfd");
    }

    [Fact]
    public async Task SavedSessionWhoseAddressIsGone_ComesWithTheAddress()
    {
        await using var lab = BfdLab.OneLink();
        var (left, right) = (lab.Left, lab.Right);
        await Task.WhenAll(left.StartAsync(), right.StartAsync($"--ka={LeftAddress}:0.0.0.0:300000"));
        left.Cli($"create bfd {RightAddress} --sourceIP={LeftAddress} --interval=300000");
        await right.WaitUpAsync(LeftAddress);
        await left.Daemon.StopAsync();
        left.Host.Ip($"address del {LeftAddress}/24 dev eth0");

        await left.StartAsync();
        (await left.ReadAsync(RightAddress)).Problem.Should().Be($"not in force until the network changes: sourceIp: value '{LeftAddress}', expected an address of this host");
        left.Host.AddAddress("eth0", $"{LeftAddress}/24");

        await right.WaitUpAsync(LeftAddress);
        (await left.WaitUpAsync(RightAddress)).Problem.Should().BeNull();
    }

    [Fact]
    public async Task StartThatCannotHaveItsSession_EndsWithOneAndTheReason()
    {
        await using var lab = BfdLab.OneLink();
        var left = lab.Left;
        (await left.Launch($"--ka={RightAddress}:192.0.2.7").Completion).Should().Be(1);
        left.Daemon.Lines.Should().Contain("loxid: --ka: sourceIp: value '192.0.2.7', expected an address of this host");

        using var other = left.Host.CreateSocket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Any, 3784));
        (await left.Launch($"--ka={RightAddress}").Completion).Should().Be(1);
        left.Daemon.Tail(1).Should().StartWith("loxid: port: value '3784/udp', expected a port that no other program has on IPv4");

        // The node itself starts, and the request that needs the port is refused.
        await left.StartAsync();
        var (code, _, error) = left.Host.TryExec(TestKit.Processes.LabPrograms.Cli, "create", "bfd", RightAddress);
        code.Should().Be(1);
        error.Should().Contain("bfd failed to init session (500)").And.Contain("port '3784/udp': expected a port that no other program has on IPv4");
    }
}
