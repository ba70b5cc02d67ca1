using FluentAssertions;
using Loxi.Sim;
using Xunit;

namespace Loxi.Ha.Tests.Simulation;

/// <summary>The sequence of the simulator's random numbers is a contract: a seed means the same run everywhere.</summary>
public sealed class SimRandomTests
{
    [Fact]
    public void SplitMix_GivesThePublishedSequence()
    {
        var state = 1234567UL;
        Enumerable.Range(0, 5).Select(_ => SimRandom.SplitMix(ref state)).Should().Equal(
            6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821);
    }

    [Fact]
    public void Next_GivesThePublishedSequence()
    {
        var random = new SimRandom(1, 2, 3, 4);
        Enumerable.Range(0, 10).Select(_ => random.Next()).Should().Equal(
            11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600, 16172922978634559625, 8476171486693032832, 10595114339597558777, 2904607092377533576);
    }

    [Fact]
    public void Seed_GivesTheStateBySplitMix()
    {
        var seed = 42UL;
        var words = new ulong[4];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = SimRandom.SplitMix(ref seed);
        }

        var random = new SimRandom(42);
        var same = new SimRandom(words[0], words[1], words[2], words[3]);
        random.Next().Should().Be(same.Next());
    }

    [Fact]
    public void Between_GivesBothEndsAndNothingBeyond()
    {
        var random = new SimRandom(1);
        var drawn = Enumerable.Range(0, 1000).Select(_ => random.Between(-2, 2)).Distinct().Order();
        drawn.Should().Equal(-2, -1, 0, 1, 2);
    }
}
