using FluentAssertions;
using Loxi.Core.Roles;
using Loxi.Ha.Announce;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Loxi.Ha.Tests.Announce;

public sealed class RegistrationTests
{
    [Fact]
    public async Task AddAnnouncer_IsOneForAll_AndEndsWithTheContainer()
    {
        var provider = new ServiceCollection().AddLoxiHa().AddAnnouncer(new NeighbourAnnouncerOptions { RealTimePriority = 0 }).Services.BuildServiceProvider();
        var announcer = provider.GetRequiredService<INeighbourAnnouncer>();
        announcer.Should().BeSameAs(provider.GetRequiredService<NeighbourAnnouncer>());

        await provider.DisposeAsync();

        ((Action)(() => announcer.RepeatAsync())).Should().Throw<ObjectDisposedException>();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(100)]
    public void RealTimePriority_OutOfRange_IsRefused(int priority) =>
        ((Action)(() => _ = new NeighbourAnnouncer(new NeighbourAnnouncerOptions { RealTimePriority = priority }))).Should().Throw<ArgumentOutOfRangeException>();
}
