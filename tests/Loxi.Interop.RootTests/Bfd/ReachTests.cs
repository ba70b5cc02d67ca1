using FluentAssertions;
using Loxi.Bfd;
using Xunit;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>A session comes up, and what our side sends is what the standards ask for.</summary>
public sealed class ReachTests
{
    public static TheoryData<PeerKind, Route> QuickRoutes => new() { { PeerKind.Frr, Route.IPv4 }, { PeerKind.Bird, Route.IPv4 }, { PeerKind.Frr, Route.LinkLocal }, { PeerKind.Bird, Route.MultihopIPv6 } };

    public static TheoryData<PeerKind, Route> OtherRoutes => new()
    {
        { PeerKind.Frr, Route.IPv6 }, { PeerKind.Frr, Route.MultihopIPv4 }, { PeerKind.Frr, Route.MultihopIPv6 },
        { PeerKind.Bird, Route.IPv6 }, { PeerKind.Bird, Route.LinkLocal }, { PeerKind.Bird, Route.MultihopIPv4 },
    };

    [Theory]
    [MemberData(nameof(QuickRoutes))]
    [Trait("Suite", Suites.Quick)]
    public Task Session_ComesUp_OnBothSides(PeerKind kind, Route route) => ComesUpAsync(kind, route);

    [Theory]
    [MemberData(nameof(OtherRoutes))]
    public Task Session_ComesUp_OnBothSidesToo(PeerKind kind, Route route) => ComesUpAsync(kind, route);

    [Theory]
    [InlineData(PeerKind.Frr)]
    [InlineData(PeerKind.Bird)]
    public async Task OnlyThePeersAddressGiven_ComesUpFromTheAddressOfTheRoute(PeerKind kind)
    {
        await using var lab = new InteropLab(kind);
        lab.Ours = lab.Ours with { LocalAddress = null, Interface = null };
        await lab.StartUpAsync();

        (await lab.Speaker.OnlyAsync()).LocalAddress.Should().Be(lab.Theirs.Remote);
    }

    private static async Task ComesUpAsync(PeerKind kind, Route route)
    {
        await using var lab = new InteropLab(kind, route);
        await lab.StartAsync();

        var (ours, theirs) = await lab.WaitForBothAsync();

        ours.Status.RemoteDetectMult.Should().Be(5);
        ours.Status.TransmitInterval.Should().Be(TimeSpan.FromMilliseconds(200));
        ours.Status.DetectionTime.Should().Be(TimeSpan.FromSeconds(1));
        theirs.Interval.Should().Be(TimeSpan.FromMilliseconds(200));
        theirs.Timeout.Should().Be(TimeSpan.FromSeconds(1));
        CheckOurs(lab, ours);
    }

    private static void CheckOurs(InteropLab lab, BfdSessionReport report)
    {
        var sent = lab.Wire.Ours.ToList();
        sent.Should().OnlyContain(static p => p.Frame.Ttl == 255, "RFC 5881 5");
        sent.Should().OnlyContain(p => p.Frame.SourcePort == report.SourcePort, "RFC 5881 4");
        report.SourcePort.Should().BeInRange(49_152, 65_535, "RFC 5881 4");
        sent.Should().OnlyContain(static p => !p.Control.ControlPlaneIndependent, "the session lives in the process that routes");
        sent.Should().OnlyContain(static p => p.Frame.ChecksumsValid);
        sent.Should().OnlyContain(static p => !(p.Control.Poll && p.Control.Final), "RFC 5880 6.8.7");
        var slow = sent.TakeWhile(static p => p.Control.State != BfdState.Up).ToList();
        slow.Should().NotBeEmpty().And.OnlyContain(static p => p.Control.DesiredMinTxInterval >= 1_000_000, "RFC 5880 6.8.3");
        lab.Wire.Packets.TakeWhile(static p => p.IsOurs).Should().NotContain(static p => p.Control.YourDiscriminator != 0, "RFC 5880 6.8.7: the peer was not heard yet");
        sent.Should().Contain(static p => p.Control.Poll, "RFC 5880 6.8.3: the shorter interval is told by a Poll Sequence");
        sent[^1].Control.YourDiscriminator.Should().Be(report.Status.RemoteDiscriminator);
    }
}
