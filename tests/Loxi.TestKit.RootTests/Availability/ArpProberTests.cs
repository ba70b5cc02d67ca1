using System.Net;
using FluentAssertions;
using Loxi.TestKit.Availability;
using Xunit;

namespace Loxi.TestKit.RootTests.Availability;

public sealed class ArpProberTests
{
    [Theory]
    [InlineData(Segment.VipV4, 32, "192.0.2.3 192.0.2.4 192.0.2.5 192.0.2.6")]
    [InlineData(Segment.VipV6, 128, "2001:db8:2::3 2001:db8:2::4 2001:db8:2::5")]
    public async Task AddressMoves_SilenceAndSharedTimeAreSeenWithTheirOwners(string vip, int length, string sources)
    {
        await using var segment = new Segment();
        var (a, b) = (segment.A.Mac("eth0"), segment.B.Mac("eth0"));
        segment.A.AddAddress("eth0", $"{vip}/{length}");
        using var prober = ArpProber.Start(segment.Third, "eth0", IPAddress.Parse(vip), [.. sources.Split(' ').Select(IPAddress.Parse)]);
        await Segment.UntilAsync(() => prober.Read().FirstAnswer(a, TimeSpan.Zero) is not null, "the first owner");

        var gone = LabClock.Now;
        segment.A.Ip($"address del {vip}/{length} dev eth0");
        await Segment.UntilAsync(() => prober.Read().Within(gone, LabClock.Now).Silent > TimeSpan.FromMilliseconds(200), "silence");
        segment.B.AddAddress("eth0", $"{vip}/{length}");
        await Segment.UntilAsync(() => prober.Read().FirstAnswer(b, gone) is not null, "the second owner");
        segment.A.AddAddress("eth0", $"{vip}/{length}");
        await Segment.UntilAsync(() => prober.Read().Shared > TimeSpan.FromMilliseconds(100), "both");
        segment.B.Ip($"address del {vip}/{length} dev eth0");
        var alone = LabClock.Now;
        await Segment.UntilAsync(() => prober.Read().Within(alone, LabClock.Now).FirstAnswer(a, alone) is not null, "the first owner again");

        var timeline = prober.Read();
        TestContext.Current.TestOutputHelper?.WriteLine($"{timeline}\nlate {prober.Late}");
        timeline.Changes.Select(change => change.To).Should().Equal(a, b, $"{a} and {b}", a);
        timeline.Within(gone, alone).Silent.Should().BeGreaterThan(TimeSpan.FromMilliseconds(200));
        prober.Dropped.Should().Be(0);
    }

    [Fact]
    public async Task TheLabIsRemovedWhileItAsks_ItEndsAndNotTheProcess()
    {
        await using var segment = new Segment();
        using var prober = ArpProber.Start(segment.Third, "eth0", IPAddress.Parse(Segment.VipV4), [IPAddress.Parse("192.0.2.4")]);
        await Segment.UntilAsync(() => prober.Read().Probes > 0, "a probe");

        await segment.Third.Lab.DisposeAsync();

        var begin = LabClock.Now;
        await Segment.UntilAsync(() => prober.Read().Spans is [.., var last] && LabClock.Now - last.To > TimeSpan.FromMilliseconds(100), "the last probe");
        prober.Read().Spans[^1].To.Should().BeLessThan(begin + TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void AddressesOfTheOtherFamily_AreRefused()
    {
        FluentActions.Invoking(() => ArpProber.Start(null!, "eth0", IPAddress.Parse(Segment.VipV4), [IPAddress.Parse("2001:db8::1")]))
            .Should().Throw<ArgumentException>().WithMessage("*2001:db8::1*family of 192.0.2.200*");
    }
}
