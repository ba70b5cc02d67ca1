using FluentAssertions;
using Loxi.TestKit.Availability;
using Xunit;

namespace Loxi.TestKit.Tests.Availability;

public sealed class OwnerTimelineTests
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);

    [Fact]
    public void OneOwner_IsOneSpanWithoutSilence()
    {
        var timeline = Of("A A A A");

        timeline.Spans.Should().ContainSingle().Which.Should().BeEquivalentTo(new OwnerSpan(Ms(0), Ms(20), ["A"]));
        (timeline.Silent, timeline.Shared, timeline.Unknown).Should().Be((TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero));
        timeline.Changes.Should().Equal(new OwnerChange(Ms(0), null, "A"));
    }

    [Fact]
    public void Takeover_SilenceIsFromTheFirstUnansweredProbeToTheNextAnsweredOne()
    {
        var timeline = Of("A A - - - B B");

        timeline.Silent.Should().Be(Ms(15));
        timeline.Changes.Should().Equal(new OwnerChange(Ms(0), null, "A"), new OwnerChange(Ms(25), "A", "B"));
        timeline.LastAnswer("A").Should().Be(Ms(5));
        timeline.FirstAnswer("B", Ms(0)).Should().Be(Ms(25));
        timeline.FirstAnswer("A", Ms(6)).Should().BeNull();
    }

    [Fact]
    public void SilenceInTwoPieces_LongestIsOneOfThem()
    {
        var timeline = Of("A - A - - A");

        timeline.Silent.Should().Be(Ms(15));
        timeline.LongestSilence.Should().Be(Ms(10));
        timeline.Changes.Should().ContainSingle("the same one comes back");
    }

    [Fact]
    public void TwoAnswer_IsSharedTime()
    {
        var timeline = Of("A AB AB B AB B");

        timeline.Shared.Should().Be(Ms(15));
        timeline.LongestShared.Should().Be(Ms(10));
        timeline.Changes.Select(change => change.To).Should().Equal("A", "A and B", "B", "A and B", "B");
    }

    [Fact]
    public void ProberDidNotAsk_IsUnknownAndNobodysFault()
    {
        ProbeOutcome[] probes = [new(Ms(0), ["A"]), new(Ms(5), []), new(Ms(105), ["A"])];
        var timeline = new OwnerTimeline(probes, Period);

        timeline.Silent.Should().Be(Ms(20), "a probe stands for four periods at most");
        timeline.Unknown.Should().Be(Ms(80));
        timeline.Changes.Should().ContainSingle();
    }

    [Fact]
    public void Interleaved_CountsShortPiecesBetweenThoseOfOthers()
    {
        Of("A A A B B B").Interleaved(Ms(250)).Should().Be(TimeSpan.Zero, "a clean move");
        Of("A A B A B B").Interleaved(Ms(250)).Should().Be(Ms(10));
        Of("A A B - A B B").Interleaved(Ms(250)).Should().Be(Ms(10), "silence is nobody's");
        Of("A B B B B A").Interleaved(Ms(10)).Should().Be(TimeSpan.Zero, "B owned it for longer than that");
        Of("A AB B").Interleaved(Ms(250)).Should().Be(Ms(5));
    }

    [Fact]
    public void Within_KnowsTheWindowOnly()
    {
        var timeline = Of("A - - B B").Within(Ms(10), Ms(20));

        timeline.Probes.Should().Be(2);
        timeline.Silent.Should().Be(Ms(5));
        timeline.Changes.Should().Equal(new OwnerChange(Ms(15), null, "B"));
    }

    [Fact]
    public void NoProbes_IsEmpty()
    {
        var timeline = Of("");

        timeline.Spans.Should().BeEmpty();
        (timeline.LongestSilence, timeline.LongestShared).Should().Be((TimeSpan.Zero, TimeSpan.Zero));
    }

    private static OwnerTimeline Of(string probes) => new(
        probes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((owners, i) => new ProbeOutcome(Period * i, owners == "-" ? [] : [.. owners.Select(owner => owner.ToString())])),
        Period);

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
