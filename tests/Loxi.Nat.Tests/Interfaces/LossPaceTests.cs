using FluentAssertions;
using Loxi.Nat.Interfaces;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Nat.Tests.Interfaces;

public sealed class LossPaceTests
{
    private const int Index = 7;
    private const int Other = 8;
    private readonly FakeTimeProvider _time = new();
    private readonly LossPace _pace;

    public LossPaceTests() => _pace = new LossPace(_time);

    [Fact]
    public void ThreeLossesWithinTheWindow_AreAFight_OfThisInterfaceAlone()
    {
        Lose(2).Should().Equal(false, false);
        _pace.IsFought(Index).Should().BeFalse();
        _pace.MayPutOn(Index).Should().BeTrue();
        _time.Advance(LossPace.Window);
        Lose(1).Should().Equal(true);
        _pace.IsFought(Index).Should().BeTrue();
        _pace.MayPutOn(Index).Should().BeFalse();
        _pace.IsFought(Other).Should().BeFalse();
        _pace.MayPutOn(Other).Should().BeTrue();
    }

    [Fact]
    public void LossesFurtherApart_AreNone()
    {
        Lose(2);
        _time.Advance(LossPace.Window + TimeSpan.FromMilliseconds(1));
        Lose(2).Should().Equal(false, false);
        _pace.IsFought(Index).Should().BeFalse();
        Lose(1).Should().Equal(true);
    }

    [Fact]
    public void InAFight_TheGapsDouble_UpToTheLongest_AndItBeginsOnce()
    {
        Lose(3).Should().Equal(false, false, true);
        foreach (var gap in (int[])[250, 500, 1000, 2000, 4000, 4000, 4000])
        {
            _time.Advance(TimeSpan.FromMilliseconds(gap - 1));
            _pace.MayPutOn(Index).Should().BeFalse();
            _pace.OnMissing(Index);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            _pace.MayPutOn(Index).Should().BeTrue();
            Lose(1).Should().Equal(false);
            _pace.IsFought(Index).Should().BeTrue();
        }
    }

    [Fact]
    public void WhenTheyHaveStayed_ItIsOver_AndTheNextOneBeginsAnew()
    {
        Lose(4);
        _time.Advance(LossPace.Window - TimeSpan.FromMilliseconds(1));
        _pace.IsFought(Index).Should().BeTrue();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _pace.IsFought(Index).Should().BeFalse();
        Lose(3).Should().Equal(false, false, true);
        _time.Advance(LossPace.FirstGap);
        _pace.MayPutOn(Index).Should().BeTrue();
    }

    [Fact]
    public void WhileTheyAreMissing_TheyDoNotStay()
    {
        Lose(3);
        _time.Advance(LossPace.Window - TimeSpan.FromMilliseconds(1));
        _pace.OnMissing(Index);
        _time.Advance(LossPace.Window - TimeSpan.FromMilliseconds(1));
        _pace.IsFought(Index).Should().BeTrue();
    }

    [Fact]
    public void Forgotten_ItIsAsNew()
    {
        Lose(3);
        _pace.Forget(Index);
        _pace.IsFought(Index).Should().BeFalse();
        _pace.MayPutOn(Index).Should().BeTrue();
        Lose(2).Should().Equal(false, false);
    }

    private bool[] Lose(int times) => [.. Enumerable.Range(0, times).Select(_ => _pace.OnLost(Index))];
}
