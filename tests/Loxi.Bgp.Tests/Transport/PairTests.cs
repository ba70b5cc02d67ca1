using FluentAssertions;
using Loxi.Bgp.Session;
using Loxi.Bgp.Tests.Transport.Support;
using Xunit;

namespace Loxi.Bgp.Tests.Transport;

/// <summary>Two peers over the loopback.</summary>
public sealed class PairTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task TwoPeers_ComeUpAndExchangeUpdates(bool firstIsPassive, bool secondIsPassive)
    {
        var (a, b) = Loopback.Pair(peer => peer with { Passive = firstIsPassive }, peer => peer with { Passive = secondIsPassive });
        await using var first = a;
        await using var second = b;
        a.Rib.Output.Enqueue(Messages.Update(100));
        a.Rib.Output.Enqueue(Messages.Update(4000));
        a.Peer.Start();
        b.Peer.Start();
        await a.Rib.WaitForAsync("up");
        await b.Rib.WaitForAsync("update 100");
        await b.Rib.WaitForAsync("update 4000");

        b.Rib.Output.Enqueue(Messages.Update(50));
        b.Peer.OutputReady();
        await a.Rib.WaitForAsync("update 50");
        a.Peer.GetStatus().State.Should().Be(BgpState.Established);
        a.Peer.GetStatus().Session!.Remote.Address.Should().Be(b.Address);
    }

    [Fact]
    public async Task Rfc5082_Section3_PeerWithGtsmConnects_TheListenersAnswersHaveFullTtl()
    {
        var (a, b) = Loopback.Pair(peer => peer with { Passive = true, GtsmHops = 1 }, peer => peer with { GtsmHops = 1 });
        await using var first = a;
        await using var second = b;
        a.Peer.Start();
        b.Peer.Start();

        await a.Rib.WaitForAsync("up");
        await b.Rib.WaitForAsync("up");
    }

    [Fact]
    public async Task Stop_TellsThePeerAndWhy()
    {
        var (a, b) = Loopback.Pair();
        await using var first = a;
        await using var second = b;
        a.Peer.Start();
        b.Peer.Start();
        await a.Rib.WaitForAsync("up");
        await b.Rib.WaitForAsync("up");

        a.Peer.Stop(SessionStopKind.Shutdown, "maintenance until 10:00");
        await b.Rib.WaitForAsync("down []");
        var error = b.Peer.GetStatus().LastError!;
        error.Notification!.ToString().Should().Be("6/2");
        error.Text.Should().Be("maintenance until 10:00");
    }
}
