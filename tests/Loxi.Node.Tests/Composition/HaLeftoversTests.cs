using FluentAssertions;
using Loxi.Ha.Announce;
using Loxi.Node.Composition;
using Xunit;

namespace Loxi.Node.Tests.Composition;

public sealed class HaLeftoversTests
{
    [Fact]
    public void EachInstance_HasAMarkOfItsOwn()
    {
        HaLeftovers.MarkOf("default").Should().Be(NeighbourAnnouncerOptions.DefaultMark);
        HaLeftovers.MarkOf("a").Should().Be(HaLeftovers.MarkOf("a")).And.NotBe(HaLeftovers.MarkOf("b"));
        HaLeftovers.MarkOf("a").Should().NotBe(0, "the kernel's addresses have no metric");
    }
}
