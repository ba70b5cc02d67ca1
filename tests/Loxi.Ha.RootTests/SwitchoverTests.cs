using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using Loxi.Ha.Roles;
using Loxi.Ha.RootTests.Support;
using Loxi.Ha.Transport;
using Xunit;

namespace Loxi.Ha.RootTests;

/// <summary>R8 between two speakers: what happens in which order.</summary>
public sealed class SwitchoverTests
{
    [Fact]
    public async Task R8_BarrierThenOpensThenHandsOverThenAnnounces()
    {
        await using var lab = new HaLab();
        var told = new ConcurrentQueue<string>();
        var barrier = new TaskCompletionSource();
        Gates Of(int node) => new() { Told = what => told.Enqueue($"{node} {what}") };
        var a = lab.Speaker(0, Of(0), new Effects(0, told, barrier.Task));
        var b = lab.Speaker(1, Of(1), new Effects(1, told, Task.CompletedTask));
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        await a.ReadyAsync(HaLab.Node(0));
        await ofA.WaitForRoleAsync(HelloRole.Master);
        await b.ReadyAsync(HaLab.Node(1));
        await ofB.WaitForRoleAsync(HelloRole.Backup);
        await a.WaitUntilAsync(static s => s.Groups[0].Peers[0] is { Readiness: Readiness.Ready, Role: HelloRole.Backup, HearsUs: true, IsHeard: true }, "the other node can serve");
        told.Clear();

        (await a.SwitchoverAsync(HaLab.Group, 1)).Should().BeTrue();
        await b.HearMoreAsync(5);
        told.Should().Equal(["0 sends a barrier to 1"], "nothing else happens before it has passed");
        barrier.SetResult();
        await ofB.WaitForRoleAsync(HelloRole.Master);
        string[] last = ["0 drains to 1", "0 announces no more", "1 announces"];
        await b.WaitUntilAsync(_ => last.All(told.Contains), "both have done their part");

        // The thread of the effects of one node and the engine of the other are not in step: each for itself is.
        var order = told.ToArray();
        order.Should().StartWith(["0 sends a barrier to 1", "1 opens", "0 hands over", "0 closes"]);
        order.Where(static what => what[0] == '1').Should().Equal("1 opens", "1 announces");
        Array.IndexOf(order, "1 announces").Should().BeGreaterThan(Array.IndexOf(order, "0 closes"));
    }

    private sealed class Effects(int node, ConcurrentQueue<string> told, Task barrier) : IRoleEffects
    {
        public void Announce(string group, ImmutableArray<IPAddress> withheld) => told.Enqueue($"{node} announces");

        public void StopAnnouncing(string group) => told.Enqueue($"{node} announces no more");

        public Task<ImmutableArray<IPAddress>> ProbeVipsAsync(string group, ImmutableArray<IPAddress> vips) => Task.FromResult(ImmutableArray<IPAddress>.Empty);

        public Task SendBarrierAsync(string group, ushort peer)
        {
            told.Enqueue($"{node} sends a barrier to {peer}");
            return barrier;
        }

        public void DrainTo(string group, ushort peer, TimeSpan idle, TimeSpan limit) => told.Enqueue($"{node} drains to {peer}");
    }
}
