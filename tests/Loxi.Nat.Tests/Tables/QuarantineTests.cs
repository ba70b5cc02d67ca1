using FluentAssertions;
using Loxi.Nat.Tables;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Nat.Tests.Tables;

public sealed class QuarantineTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RangeAllocator _places = new(8);
    private readonly Quarantine _quarantine;

    public QuarantineTests()
    {
        _quarantine = new Quarantine(_time);
        _places.TryTake(8, out _).Should().BeTrue();
    }

    [Fact]
    public void Place_IsFreeAtItsLeastAgeAndNotBefore()
    {
        _quarantine.Add(_places, 0, 4);
        _time.Advance(Quarantine.LeastAge - TimeSpan.FromMilliseconds(1));
        _quarantine.Add(_places, 4, 4);
        _quarantine.Free();
        _places.TryTake(1, out _).Should().BeFalse("a packet may still read it");

        _time.Advance(TimeSpan.FromMilliseconds(1));
        _quarantine.Free();

        _places.TryTake(5, out _).Should().BeFalse("each place has an age of its own");
        _places.TryTake(4, out var start).Should().BeTrue();
        start.Should().Be(0);
    }

    [Fact]
    public void UntilFree_IsTheTimeOfTheLast()
    {
        _quarantine.UntilFree.Should().BeNull();
        _quarantine.Add(_places, 0, 0);
        _quarantine.UntilFree.Should().BeNull("nothing is nothing");
        _quarantine.Add(_places, 0, 4);
        _time.Advance(TimeSpan.FromMilliseconds(30));
        _quarantine.UntilFree.Should().Be(Quarantine.LeastAge - TimeSpan.FromMilliseconds(30));
        _quarantine.Add(_places, 4, 4);
        _quarantine.UntilFree.Should().Be(Quarantine.LeastAge);

        _time.Advance(Quarantine.LeastAge);
        _quarantine.UntilFree.Should().Be(TimeSpan.Zero);
        _quarantine.Free();
        _quarantine.UntilFree.Should().BeNull();
        _places.TryTake(8, out _).Should().BeTrue();
    }
}
