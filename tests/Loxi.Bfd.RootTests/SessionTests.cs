using System.Net;
using FluentAssertions;
using Loxi.Bfd.RootTests.Support;
using Loxi.Bfd.Session;
using Xunit;

namespace Loxi.Bfd.RootTests;

/// <summary>Sessions between two speakers in namespaces.</summary>
public sealed class SessionTests
{
    public static TheoryData<string, string?, string, string?, BfdSessionKind> Paths => new()
    {
        { "192.0.2.2", null, "192.0.2.1", null, BfdSessionKind.SingleHop },
        { "192.0.2.2", "eth0", "192.0.2.1", "eth0", BfdSessionKind.SingleHop },
        { "2001:db8::2", null, "2001:db8::1", null, BfdSessionKind.SingleHop },
        { "fe80::2", "eth0", "fe80::1", "eth0", BfdSessionKind.SingleHop },
        { "192.0.2.2", null, "192.0.2.1", null, BfdSessionKind.Multihop },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task TwoSpeakers_OnALink_ComeUpAtTheirIntervals(string toB, string? linkOfA, string toA, string? linkOfB, BfdSessionKind kind)
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);

        await a.SetAsync([BfdLab.To(IPAddress.Parse(toB)) with { Interface = linkOfA, Kind = kind }]);
        await b.SetAsync([BfdLab.To(IPAddress.Parse(toA)) with { Interface = linkOfB, Kind = kind }]);
        await changes.WaitForAsync(BfdState.Up);

        var report = await a.WaitUntilAsync(static (BfdSessionReport r) => r.Status is { PollActive: false, RemoteState: BfdState.Up } && r.Status.DetectionTime == TimeSpan.FromMilliseconds(150), "at its intervals");
        report.Status.TransmitInterval.Should().Be(TimeSpan.FromMilliseconds(50));
        report.SourcePort.Should().BeInRange(49_152, 65_535, "RFC 5881 4");
        report.LocalAddress.Should().Be(IPAddress.Parse(toA));
        var other = await b.OnlyAsync();
        report.Status.RemoteDiscriminator.Should().Be(other.Status.LocalDiscriminator);
        report.SourcePort.Should().NotBe(other.SourcePort);
    }

    [Fact]
    public async Task LinkLocal_ScopeInTheAddress_ComesUp()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);

        await a.SetAsync([BfdLab.To(IPAddress.Parse($"fe80::2%{IndexOfEth0(lab.A)}"))]);
        await b.SetAsync([BfdLab.To(IPAddress.Parse($"fe80::1%{IndexOfEth0(lab.B)}"))]);

        await changes.WaitForAsync(BfdState.Up);
    }

    [Theory]
    [InlineData("198.51.100.2", "192.0.2.1")]
    [InlineData("2001:db8:1::2", "2001:db8::1")]
    public async Task Multihop_BehindARouter_ComesUpAndTheMinimumTtlHolds(string toB, string toA)
    {
        await using var lab = new BfdLab(routed: true);
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        var settings = BfdLab.To(IPAddress.Parse(toB)) with { Kind = BfdSessionKind.Multihop, MinimumTtl = 254 };

        await a.SetAsync([settings]);
        await b.SetAsync([BfdLab.To(IPAddress.Parse(toA)) with { Kind = BfdSessionKind.Multihop }]);
        await changes.WaitForAsync(BfdState.Up);

        await a.SetAsync([settings with { MinimumTtl = 255 }]);
        var down = (await changes.WaitForAsync(BfdState.Down)).Single();
        down.Transition.Cause.Should().Be(BfdTransitionCause.DetectionTimeExpired, "RFC 5883 3: packets come from one hop further than allowed");
    }

    [Fact]
    public async Task Rfc5881_Section5_SingleHopBehindARouter_StaysDownAndSaysWhy()
    {
        await using var lab = new BfdLab(routed: true);
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        await a.SetAsync([BfdLab.To(BfdLab.Far4)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4)]);

        var report = await a.WaitUntilAsync(static (BfdSessionReport r) => r.Status.Discards[(int)BfdDiscardReason.Ttl] > 0, "packets discarded for their TTL");

        report.Status.State.Should().Be(BfdState.Down);
        report.Status.ReceivedPackets.Should().Be(0);
    }

    [Theory]
    [InlineData(BfdAuthenticationType.SimplePassword)]
    [InlineData(BfdAuthenticationType.MeticulousKeyedSha1)]
    public async Task Authenticated_ComesUp_AndNotWithAnotherKey(BfdAuthenticationType type)
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        BfdSessionSettings signed(IPAddress peer, string key) => BfdLab.To(peer) with { Authentication = new(type, [BfdKey.FromText(1, key)]) };

        await a.SetAsync([signed(BfdLab.B4, "one")]);
        await b.SetAsync([signed(BfdLab.A4, "two")]);
        await a.WaitUntilAsync(static (BfdSessionReport r) => r.Status.Discards[(int)BfdDiscardReason.AuthenticationDigest] > 0, "packets with a wrong key discarded");
        changes.Seen.Should().BeEmpty();

        await b.SetAsync([signed(BfdLab.A4, "one")]);
        (await changes.WaitForAsync(BfdState.Up))[0].Transition.Authenticated.Should().BeTrue();
    }

    [Fact]
    public async Task Rfc5880_Section6_8_3_OtherIntervalsWhileUp_AreNegotiatedByAPollWithoutAFlap()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        using var others = new Changes(b);
        await a.SetAsync([BfdLab.To(BfdLab.B4)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4)]);
        await changes.WaitForAsync(BfdState.Up);
        await others.WaitForAsync(BfdState.Up);
        var before = await a.OnlyAsync();
        changes.Clear();
        others.Clear();

        foreach (var milliseconds in new[] { 200, 30, 100 })
        {
            await a.SetAsync([BfdLab.To(BfdLab.B4, milliseconds)]);
            var expected = TimeSpan.FromMilliseconds(Math.Max(50, milliseconds));
            var report = await a.WaitUntilAsync((BfdSessionReport r) => !r.Status.PollActive && r.Status.TransmitInterval == expected && r.Status.DetectionTime == 3 * expected, $"{expected}");
            await b.WaitUntilAsync((BfdSessionReport r) => r.Status.TransmitInterval == expected && r.Status.DetectionTime == 3 * expected, $"{expected} at the peer");
            await a.ReceiveMoreAsync(5);
            report.SourcePort.Should().Be(before.SourcePort);
            report.Status.LocalDiscriminator.Should().Be(before.Status.LocalDiscriminator);
        }

        changes.Seen.Should().BeEmpty();
        others.Seen.Should().BeEmpty();
    }

    [Fact]
    public async Task SameAgain_DoesNothing_AndAnotherBesideIt_LeavesItAlone()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(BfdLab.B4)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4), BfdLab.To(BfdLab.A6)]);
        await changes.WaitForAsync(BfdState.Up);
        var before = await a.OnlyAsync();

        await a.SetAsync([BfdLab.To(BfdLab.B4)]);
        (await a.OnlyAsync()).SourcePort.Should().Be(before.SourcePort);
        await a.SetAsync([BfdLab.To(BfdLab.B6), BfdLab.To(BfdLab.B4)]);
        await changes.WaitForAsync(BfdState.Up, 2);

        var after = (await a.ReadSessionsAsync()).Single(r => r.Key == before.Key);
        after.Status.LocalDiscriminator.Should().Be(before.Status.LocalDiscriminator);
        after.Status.TransitionCount.Should().Be(before.Status.TransitionCount);
    }

    [Fact]
    public async Task SessionsBetweenTheSameHosts_AreToldApartByTheirAddresses()
    {
        await using var lab = new BfdLab();
        lab.A.AddAddress("eth0", "192.0.2.11/24");
        lab.B.AddAddress("eth0", "192.0.2.12/24");
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        var other = IPAddress.Parse("192.0.2.11");
        var otherPeer = IPAddress.Parse("192.0.2.12");
        BfdSessionSettings between(IPAddress local, IPAddress peer) => BfdLab.To(peer) with { LocalAddress = local };

        await a.SetAsync([between(BfdLab.A4, BfdLab.B4), between(other, BfdLab.B4), between(BfdLab.A4, otherPeer), BfdLab.To(BfdLab.B4) with { Kind = BfdSessionKind.Multihop }]);
        await b.SetAsync([between(BfdLab.B4, BfdLab.A4), between(BfdLab.B4, other), between(otherPeer, BfdLab.A4), BfdLab.To(BfdLab.A4) with { Kind = BfdSessionKind.Multihop }]);
        await changes.WaitForAsync(BfdState.Up, 4);

        var reports = await a.ReadSessionsAsync();
        var theirs = await b.ReadSessionsAsync();
        reports.Select(static r => r.SourcePort).Should().OnlyHaveUniqueItems();
        reports.Should().OnlyContain(r => theirs.Single(t => t.Status.LocalDiscriminator == r.Status.RemoteDiscriminator).Key.PeerAddress.Equals(r.LocalAddress));
    }

    [Fact]
    public async Task PeerWithoutARoute_IsTriedUntilThereIsOne()
    {
        await using var lab = new BfdLab(routed: true);
        lab.A.Ip("route del 198.51.100.0/24");
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(BfdLab.Far4) with { Kind = BfdSessionKind.Multihop }]);
        await b.SetAsync([BfdLab.To(BfdLab.A4) with { Kind = BfdSessionKind.Multihop }]);
        var report = await a.WaitUntilAsync(static (BfdSessionReport r) => r.SendErrors > 0, "packets that cannot be sent");
        report.SendError.Should().Be(Loxi.Linux.Errno.ENETUNREACH);
        report.LocalAddress.Should().BeNull();

        lab.A.Ip("route add 198.51.100.0/24 via 192.0.2.254");
        await changes.WaitForAsync(BfdState.Up);

        (await a.OnlyAsync()).SendError.Should().Be(0);
        (await a.OnlyAsync()).LocalAddress.Should().Be(BfdLab.A4);
    }

    [Fact]
    public async Task LinkDown_GoesDownByTime_AndComesBackWithTheLink()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(BfdLab.B4)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4)]);
        await changes.WaitForAsync(BfdState.Up);

        lab.B.SetUp("eth0", false);
        (await changes.WaitForAsync(static c => c.Transition.From == BfdState.Up))[0].Transition.Cause.Should().Be(BfdTransitionCause.DetectionTimeExpired);
        changes.Clear();
        lab.B.SetUp("eth0", true);

        await changes.WaitForAsync(BfdState.Up);
    }

    [Fact]
    public async Task LinkMadeAnew_TheSessionIsBoundToItWithItsPort()
    {
        await using var lab = new BfdLab();
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(IPAddress.Parse("fe80::2")) with { Interface = "eth0" }, BfdLab.To(BfdLab.B4) with { Interface = "eth0", LocalAddress = BfdLab.A4 }]);
        await b.SetAsync([BfdLab.To(IPAddress.Parse("fe80::1")) with { Interface = "eth0" }, BfdLab.To(BfdLab.A4) with { Interface = "eth0" }]);
        await changes.WaitForAsync(BfdState.Up, 2);
        var before = await a.ReadSessionsAsync();

        lab.DeleteLink();
        await changes.WaitForAsync(static c => c.Transition.From == BfdState.Up, 2);
        changes.Clear();
        lab.MakeLink();
        await changes.WaitForAsync(BfdState.Up, 2);

        (await a.ReadSessionsAsync()).Select(static r => (r.Key, r.SourcePort, r.Status.LocalDiscriminator)).Should().BeEquivalentTo(
            before.Select(static r => (r.Key, r.SourcePort, r.Status.LocalDiscriminator)));
    }

    [Fact]
    public async Task SourceAddressOfTheRouteGone_AnotherIsChosen()
    {
        await using var lab = new BfdLab();
        lab.A.AddAddress("eth0", "192.0.2.11/24");
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        await a.SetAsync([BfdLab.To(BfdLab.B4)]);
        await b.SetAsync([BfdLab.To(BfdLab.A4), BfdLab.To(IPAddress.Parse("192.0.2.11"))]);
        await changes.WaitForAsync(BfdState.Up);
        (await a.OnlyAsync()).LocalAddress.Should().Be(BfdLab.A4);
        changes.Clear();
        lab.A.Sysctl("net.ipv4.conf.eth0.promote_secondaries", "1");

        lab.A.Ip("address del 192.0.2.1/24 dev eth0");
        await a.WaitUntilAsync((BfdSessionReport r) => r.LocalAddress?.ToString() == "192.0.2.11", "another source address");

        await a.WaitUntilAsync(static (BfdSessionReport r) => r.Status.State == BfdState.Up && r.SendError == 0, "up from there");
    }

    [Fact]
    public async Task HundredSessions_ComeUpAndStayUp()
    {
        await using var lab = new BfdLab();
        lab.A.IpBatch([.. Enumerable.Range(1, 100).Select(static i => $"address add 198.18.0.{i}/15 dev eth0")]);
        lab.B.IpBatch([.. Enumerable.Range(1, 100).Select(static i => $"address add 198.19.0.{i}/15 dev eth0")]);
        var (a, b) = (lab.Speaker(lab.A), lab.Speaker(lab.B));
        using var changes = new Changes(a);
        BfdSessionSettings[] sessions(string from, string to) => [.. Enumerable.Range(1, 100).Select(i =>
            BfdLab.To(IPAddress.Parse($"{to}.0.{i}"), milliseconds: 200, detectMult: 5) with { LocalAddress = IPAddress.Parse($"{from}.0.{i}") })];

        await a.SetAsync(sessions("198.18", "198.19"));
        await b.SetAsync(sessions("198.19", "198.18"));
        await changes.WaitForAsync(BfdState.Up, 100);
        var before = await a.ReadStatusAsync();
        await a.WaitUntilAsync((BfdSpeakerStatus s) => s.ReceivedDatagrams > before.ReceivedDatagrams + 2000, "2,000 packets more");

        changes.Seen.Where(static c => c.Transition.From == BfdState.Up).Should().BeEmpty();
        var reports = await a.ReadSessionsAsync();
        reports.Should().HaveCount(100).And.OnlyContain(static r => r.Status.State == BfdState.Up);
        reports.Select(static r => r.SourcePort).Should().OnlyHaveUniqueItems();
        reports.Select(static r => r.Status.LocalDiscriminator).Should().OnlyHaveUniqueItems();
        var status = await a.ReadStatusAsync();
        status.IsFilterCoarse.Should().BeFalse();
        status.Wakes.Should().BeLessThan(status.ReceivedDatagrams, "packets that are close together share a wake");
    }

    private static int IndexOfEth0(Loxi.TestKit.Topology.LabHost host) =>
        int.Parse(host.Ip("-o link show dev eth0").Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);
}
