using FluentAssertions;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Packets;
using Loxi.TestKit.RootTests.Availability;
using Loxi.TestKit.Scenarios;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.TestKit.RootTests.Scenarios;

/// <summary>The faults do what they say, with nothing on the hosts.</summary>
public sealed class ScenarioFaultTests
{
    [Fact]
    public async Task Cut_OneDirectionIsDroppedAndTheOtherPasses_UntilItIsHealed()
    {
        await using var lab = await ScenarioLab.CreateAsync(new() { Kind = ScenarioKind.FlatL2 });
        using var first = new End(lab.Nodes[0].Host);
        using var second = new End(lab.Nodes[1].Host);

        lab.Cut("llb1", "llb2");
        first.Send(second, 1);
        second.Send(first, 2);
        await first.WaitAsync(2);
        lab.Heal();
        first.Send(second, 3);
        await second.WaitAsync(3);

        second.Seen.Should().Equal(3);
        first.Seen.Should().Equal(2);
    }

    [Fact]
    public async Task CutFromClients_TheOtherNodeIsStillHeard()
    {
        await using var lab = await ScenarioLab.CreateAsync(new() { Kind = ScenarioKind.ActiveBackupBgp });
        using var node = new End(lab.Nodes[0].Host);
        using var other = new End(lab.Nodes[1].Host);
        using var router = new End(lab.Lab["router"]);

        lab.CutFromClients(0);
        router.Send(node, 1);
        node.Send(router, 1);
        other.Send(node, 2);
        node.Send(other, 2);
        other.Send(router, 2);
        await Task.WhenAll(node.WaitAsync(2), other.WaitAsync(2), router.WaitAsync(2));
        lab.Heal();
        router.Send(node, 3);
        node.Send(router, 3);
        await Task.WhenAll(node.WaitAsync(3), router.WaitAsync(3));

        node.Seen.Should().Equal(2, 3);
        router.Seen.Should().Equal(2, 3);
    }

    [Fact]
    public async Task Cut_UnknownHost_IsRefused()
    {
        await using var lab = await ScenarioLab.CreateAsync(new() { Kind = ScenarioKind.FlatL2 });

        lab.Invoking(l => l.Cut("llb1", "llb3")).Should().Throw<ArgumentException>().WithMessage("*llb3*llb2*");
        lab.Nodes[0].Host.Sysctl("net.ipv4.ip_forward").Should().Be("0", "nothing was done");
    }

    [Fact]
    public async Task ServiceLink_TheNodeSeesItAndKeepsItsAddresses_ThePeerLinkStays()
    {
        await using var lab = await ScenarioLab.CreateAsync(new() { Kind = ScenarioKind.FlatL2, PeerLink = true });
        var node = lab.Nodes[0].Host;

        lab.SetServiceLink(0, false);

        node.Ip("link show dev eth0").Should().Contain("NO-CARRIER");
        node.Ip("link show dev eth1").Should().NotContain("NO-CARRIER");
        node.Ip("address show dev eth0").Should().Contain(ScenarioLab.NodeAddress(0));
        lab.SetServiceLink(0, true);
        await Segment.UntilAsync(() => !node.Ip("link show dev eth0").Contains("NO-CARRIER", StringComparison.Ordinal), "the link");
    }

    [Fact]
    public async Task ClaimVip_TheThirdHostAnswersForItAndSaysSo()
    {
        await using var lab = await ScenarioLab.CreateAsync(new() { Kind = ScenarioKind.FlatL2 });
        var rogue = lab.Rogue.Mac("eth0");
        using var seen = AnnouncementCapture.Start(lab.Probe, "eth0");
        using var prober = ArpProber.Start(lab.Probe, "eth0", lab.Vip, lab.ProbeAddresses);

        lab.ClaimVip();
        await Segment.UntilAsync(() => prober.Read().FirstAnswer(rogue, TimeSpan.Zero) is not null, "its answer");
        await seen.WaitForAsync(static one => one.Kind == AnnouncementKind.ArpReply, "the second form");
        seen.All.Select(one => (one.Mac, one.Kind, one.Address)).Should().BeEquivalentTo(
            [(rogue, AnnouncementKind.ArpRequest, lab.Vip), (rogue, AnnouncementKind.ArpReply, lab.Vip)]);

        lab.StopClaim();
        var stopped = LabClock.Now;
        await Segment.UntilAsync(() => prober.Read().Within(stopped, LabClock.Now).Silent > TimeSpan.FromMilliseconds(50), "silence");
        await using var routed = await ScenarioLab.CreateAsync(new() { Kind = ScenarioKind.ActiveBackupBgp });
        routed.Invoking(static l => l.ClaimVip()).Should().Throw<InvalidOperationException>().WithMessage("*203.0.113.1*");
    }

    /// <summary>A host that sends numbered datagrams as frames, so that nothing but the switch decides, and sees those that come.</summary>
    private sealed class End : IDisposable
    {
        private readonly LabHost _host;
        private readonly PacketCapture _capture;

        public End(LabHost host)
        {
            _host = host;
            _capture = host.Capture("eth0", static packet => packet is { IsUdp: true, Outgoing: false, DestinationPort: 9 });
        }

        public IEnumerable<int> Seen => _capture.Packets.Select(static packet => int.Parse(packet.PayloadText, System.Globalization.CultureInfo.InvariantCulture));

        public void Send(End to, int number) => _capture.Send(Packet.Ipv4("192.0.2.1", "192.0.2.2").WithMacs(_host.Mac("eth0"), to._host.Mac("eth0"))
            .Udp(9, 9, System.Text.Encoding.ASCII.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture))).ToFrame());

        public Task<CapturedPacket> WaitAsync(int number) => _capture.WaitForAsync(packet => packet.PayloadText == number.ToString(System.Globalization.CultureInfo.InvariantCulture), $"datagram {number} at {_host.Name}");

        public void Dispose() => _capture.Dispose();
    }
}
