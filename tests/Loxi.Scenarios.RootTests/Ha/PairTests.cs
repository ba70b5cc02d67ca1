using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.Api.V1;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>Keys, pins and other nodes of real nodes, changed while they run: no HELLO is lost and no role changes.</summary>
public sealed class PairTests
{
    // Long enough for a machine that does other work: what is tested is that nothing is lost, not how soon a loss is noticed.
    private const string Interval = "--ha-interval=300";
    private const int TunnelPort = 11112;

    // The way to the other nodes is slow: several HELLOs come between the step of one node and that of the next.
    private static readonly TimeSpan Slowness = TimeSpan.FromMilliseconds(700);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pair_NewKey_AndAThirdNode_WithoutALostHelloOrAChangeOfRole()
    {
        await using var lab = Lab.Create();
        var hosts = Enumerable.Range(0, 3).Select(i => lab.AddHost($"llb{i.ToString(CultureInfo.InvariantCulture)}")).ToArray();
        foreach (var (a, b) in new[] { (0, 1), (0, 2), (1, 2) })
        {
            // A link of its own for each two, twice.
            foreach (var plane in new[] { 0, 1 })
            {
                lab.Connect(hosts[a], Link(b, plane), hosts[b], Link(a, plane));
                hosts[a].AddAddress(Link(b, plane), Address(a, b, plane) + "/24");
                hosts[b].AddAddress(Link(a, plane), Address(b, a, plane) + "/24");
            }
        }

        using var zero = new Node(hosts[0]);
        using var one = new Node(hosts[1]);
        using var two = new Node(hosts[2]);
        await zero.StartAsync("--self=0", "--port-slices=4", "--ha-sync=pair", Interval, $"--cluster={Ways(1, 0)}");
        await WaitAsync(zero, static s => s.Groups.Single().Role == "master");
        await one.StartAsync("--self=1", "--port-slices=4", "--ha-sync=pair", Interval, $"--cluster={Ways(0, 1)}");
        await WaitAsync(one, static s => s.Groups.Single() is { Role: "backup", Master: 0 });
        await WaitAsync(zero, static s => s.Peers.Single().Paths.All(static p => p.Received > 0));
        var (before, otherBefore) = (await zero.Api.GetHaAsync(Cancellation), await one.Api.GetHaAsync(Cancellation));
        before.Authentication.Should().Be("bootstrap");

        // As an SSH tunnel does: the API of the other node on the loopback of this one.
        using var tunnel = Tunnel(hosts[0], hosts[1], Cancellation);
        (await zero.Api.GetHaAsync(Cancellation)).WouldLose.Should().Contain("no other node has them");
        zero.Cli($"ha pair --peer http://127.0.0.1:{TunnelPort}").Should().Contain("paired: nodes 0, 1 send with key 1 and hear nothing else\n").And.EndWith("connections of nodes 0, 1 are kept alike\n");
        await AssertNothingLostAsync(zero, before, one, otherBefore, "enforce", 1);
        await WaitAsync(zero, static s => s.WouldLose is null && s.Peers.Single().Sync is { State: "ready" });
        zero.Cli($"ha pair --new-key --peer http://127.0.0.1:{TunnelPort}").Should().EndWith("paired: nodes 0, 1 send with key 2 and hear nothing else\nconnections of nodes 0, 1 are kept alike\n", "pins are known already");
        await AssertNothingLostAsync(zero, before, one, otherBefore, "enforce", 2);

        // Another node, which has the key before it starts: a node that hears nobody would serve.
        GiveKeys(zero, two);
        zero.Cli($"ha peer set 2 {Address(2, 0, 0)} {Address(2, 0, 1)},{Address(0, 2, 1)}").Should().Be("ha peer 2 set\n");
        one.Cli($"ha peer set 2 {Address(2, 1, 0)} {Address(2, 1, 1)}");
        await two.Launch("--self=2", "--port-slices=4", "--ha-sync=pair", Interval, $"--cluster={Ways(0, 2)},{Ways(1, 2)}").WaitForLineAsync("Instance .* ready", TimeSpan.FromSeconds(60));
        using var second = Tunnel(hosts[0], hosts[2], Cancellation, TunnelPort + 1);
        zero.Cli($"ha pair --new-key --peer http://127.0.0.1:{TunnelPort} --peer http://127.0.0.1:{TunnelPort + 1}").Should().Contain("paired: nodes 0, 1, 2 send with key 3 and hear nothing else\n").And.EndWith("connections of nodes 0, 1, 2 are kept alike\n");
        await WaitAsync(two, static s => s.Groups.Single() is { Master: 0 } && s.Peers.All(static p => p is { Heard: true, Key: 3, Sync.State: "ready" }));
        Changes(await zero.Api.GetHaAsync(Cancellation)).Should().Equal(Changes(before));
        Changes(await one.Api.GetHaAsync(Cancellation)).Should().Equal(Changes(otherBefore));

        // What is stored outlives the process, and the flags that say something else are told.
        await one.Daemon.StopAsync();
        await one.StartAsync("--self=1", "--port-slices=4", "--ha-sync=pair", Interval, $"--cluster={Ways(0, 1)}");
        one.Daemon.Tail().Should().Contain("--cluster says");
        await WaitAsync(one, static s => s.Groups.Single() is { Role: "backup", Master: 0 } && s.Peers.Count == 2 && s.Peers.All(static p => p is { Heard: true, Key: 3, Sync.State: "ready" }));

        // Taken away after its end: nobody's role changes.
        await two.Daemon.StopAsync();
        zero.Cli("ha peer remove 2").Should().Be("ha peer 2 removed\n");
        one.Cli("ha peer remove 2");
        await WaitAsync(zero, static s => s.Peers.Count == 1 && s.Alarms.Count == 0);
        Changes(await zero.Api.GetHaAsync(Cancellation)).Should().Equal(Changes(before));
    }

    /// <summary>Without times: they are read off two clocks.</summary>
    private static string[] Changes(HaStatus status) => [.. status.Groups.Single().Transitions.Select(static t => $"{t.From} {t.To} {t.Cause} {t.Term}")];

    private static void GiveKeys(Node from, Node to)
    {
        var stored = JsonNode.Parse(File.ReadAllText(StateOf(from)))!["authentication"]!;
        Directory.CreateDirectory(Path.GetDirectoryName(StateOf(to))!);
        File.WriteAllText(StateOf(to), new JsonObject { ["authentication"] = stored.DeepClone() }.ToJsonString());
    }

    private static string StateOf(Node node) => $"/run/loxi/{node.Host.Instance}/ha.json";

    private static string Link(int other, int plane) => string.Create(CultureInfo.InvariantCulture, $"eth{other}{plane}");

    /// <summary>The address of a node on the link with another one.</summary>
    private static string Address(int node, int other, int plane) => string.Create(CultureInfo.InvariantCulture, $"10.{10 + plane}.{node + other}.{node + 1}");

    private static string Ways(int to, int from) => string.Create(CultureInfo.InvariantCulture, $"{to}@{Address(to, from, 0)},{to}@{Address(to, from, 1)}");

    private static async Task AssertNothingLostAsync(Node zero, HaStatus before, Node one, HaStatus otherBefore, string mode, int key)
    {
        foreach (var (node, earlier) in new[] { (zero, before), (one, otherBefore) })
        {
            // Both hear each other on both paths with the key.
            await WaitAsync(node, s => s.Authentication == mode && s.Peers.Single() is { Heard: true } peer && peer.Key == key);
            var now = await node.Api.GetHaAsync(Cancellation);
            Changes(now).Should().Equal(Changes(earlier), node.Daemon.Tail());
            now.Peers.Single().Paths.Sum(static p => p.Discarded).Should().Be(earlier.Peers.Single().Paths.Sum(static p => p.Discarded), node.Daemon.Tail());
        }
    }

    private static Task WaitAsync(Node node, Func<HaStatus, bool> holds) => Scenario.WaitUntilAsync(async () =>
    {
        var status = await node.Api.GetHaAsync(Cancellation);
        return (holds(status), System.Text.Json.JsonSerializer.Serialize(status, Api.LoxiJson.HaStatus) + node.Daemon.Tail());
    });

    private static Socket Tunnel(LabHost from, LabHost to, CancellationToken cancellation, int port = TunnelPort)
    {
        var listener = from.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen();
        _ = AcceptAsync(listener, to, cancellation);
        return listener;
    }

    private static async Task AcceptAsync(Socket listener, LabHost to, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptAsync(cancellation);
                var far = to.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(IPAddress.Loopback, 11111, cancellation);
                _ = Task.WhenAll(PumpAsync(near, far, Slowness, cancellation), PumpAsync(far, near, TimeSpan.Zero, cancellation));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test is over.
        }
    }

    private static async Task PumpAsync(Socket from, Socket to, TimeSpan slowness, CancellationToken cancellation)
    {
        try
        {
            using var input = new NetworkStream(from);
            using var output = new NetworkStream(to);
            var buffer = new byte[65536];
            while (await input.ReadAsync(buffer, cancellation) is > 0 and var count)
            {
                await Task.Delay(slowness, cancellation);
                await output.WriteAsync(buffer.AsMemory(0, count), cancellation);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // One end has gone: so does the other.
        }
        finally
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
