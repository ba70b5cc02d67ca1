using FluentAssertions;
using Loxi.Bfd.Transport;
using Xunit;

namespace Loxi.Bfd.Tests.Transport;

public sealed class StrangerLimitTests
{
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData(1, 64, 200)]
    [InlineData(500, 1000, 2000)]
    public void Flood_IsReadAsABurstAndThenAtTheRate(int sessions, int burst, int perSecond)
    {
        var limit = new StrangerLimit();
        limit.SetSessions(sessions);
        var read = 0;
        for (long now = 10 * Second; now < 20 * Second; now += Second / 10_000)
        {
            if (limit.NextAt <= now)
            {
                limit.Take(1, now);
                read++;
            }
        }

        read.Should().BeInRange(burst + (10 * perSecond) - 2, burst + (10 * perSecond) + 2);
    }

    [Fact]
    public void PauseAfterAFlood_GivesTheBurstBack()
    {
        var limit = new StrangerLimit();
        limit.SetSessions(1);
        limit.Take(64, Second);
        limit.NextAt.Should().BeLessThanOrEqualTo(Second);
        limit.Take(1, Second);
        limit.NextAt.Should().BeGreaterThan(Second);

        limit.Take(64, 2 * Second);

        limit.NextAt.Should().BeLessThanOrEqualTo(2 * Second);
    }
}
