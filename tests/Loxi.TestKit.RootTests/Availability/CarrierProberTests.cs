using System.Net;
using FluentAssertions;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.TestKit.RootTests.Availability;

public sealed class CarrierProberTests
{
    [Fact]
    public async Task RouteMovesToTheOtherNode_CarrierFollowsAndTheTimeBetweenIsSilence()
    {
        await using var segment = new Segment();
        foreach (var node in new[] { segment.A, segment.B })
        {
            node.Exec("nft", "add table ip t; add chain ip t c { type nat hook postrouting priority 100; }; add rule ip t c oifname eth1 masquerade");
        }

        await using var server = UdpEchoServer.Start(segment.Server, new() { Name = "s", Ports = [5353], Addresses = [IPAddress.Parse(Segment.ServerV4)] });
        segment.Third.Ip($"route add {Segment.ServerV4}/32 via 192.0.2.1");
        await using var prober = CarrierProber.Start(segment.Third, new()
        {
            Target = new(IPAddress.Parse(Segment.ServerV4), 5353),
            Carriers = new Dictionary<string, string> { ["198.51.100.1"] = "a", ["198.51.100.2"] = "b" },
        });
        await Segment.UntilAsync(() => prober.Read().FirstAnswer("a", TimeSpan.Zero) is not null, "a carries");

        segment.Third.Ip($"route del {Segment.ServerV4}/32");
        var gone = LabClock.Now;
        await Segment.UntilAsync(() => prober.Read().Within(gone, LabClock.Now).Silent > TimeSpan.FromMilliseconds(200), "nobody carries");
        segment.Third.Ip($"route add {Segment.ServerV4}/32 via 192.0.2.2");
        await Segment.UntilAsync(() => prober.Read().FirstAnswer("b", gone) is not null, "b carries");

        var timeline = prober.Read();
        timeline.Changes.Select(change => change.To).Should().Equal("a", "b");
        timeline.Interleaved(TimeSpan.FromMilliseconds(250)).Should().Be(TimeSpan.Zero);
        prober.Errors.Should().BePositive("there was no route for a while");
    }
}
