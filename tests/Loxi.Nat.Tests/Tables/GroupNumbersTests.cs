using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.Tables;
using Xunit;

namespace Loxi.Nat.Tests.Tables;

public sealed class GroupNumbersTests
{
    [Fact]
    public void DefaultGroup_IsZeroAndTakesNoNumber()
    {
        var stored = new List<(byte, string?)>();
        var groups = new GroupNumbers((number, name) => stored.Add((number, name)));

        groups.Take(VipGroups.Default).Should().Be(0);
        groups.Release(VipGroups.Default);

        groups.Count.Should().Be(0);
        stored.Should().BeEmpty();
    }

    [Fact]
    public void Number_IsGivenBackWithTheLastUser()
    {
        var stored = new List<(byte, string?)>();
        var groups = new GroupNumbers((number, name) => stored.Add((number, name)));

        groups.Take("a").Should().Be(1);
        groups.Take("b").Should().Be(2);
        groups.Take("a").Should().Be(1);
        groups.Release("a");
        groups.TryGet("a", out var number).Should().BeTrue();
        number.Should().Be(1);
        groups.Release("a");
        groups.TryGet("a", out _).Should().BeFalse();

        stored.Should().Equal((1, "a"), (2, "b"), (1, null));
        groups.Take("c").Should().Be(3, "a number comes back after those that were never used");
    }

    [Fact]
    public void TwoHundredAndFiftySeventhGroup_IsRefused()
    {
        var groups = new GroupNumbers();
        for (var i = 1; i <= 255; i++)
        {
            groups.Take($"group{i}").Should().Be((byte)i);
        }

        groups.Free.Should().Be(0);
        groups.Invoking(g => g.Take("one-more")).Should().Throw<TableFullException>().WithMessage("No room for more VIP groups: expected at most 256.");
        groups.Release("group7");
        groups.Take("one-more").Should().Be(7);
    }

    [Fact]
    public void AdoptedNames_KeepTheirNumbersUntilTheServicesAreThere()
    {
        var stored = new List<(byte, string?)>();
        var groups = new GroupNumbers((number, name) => stored.Add((number, name)));
        groups.Adopt(new Dictionary<byte, string> { [3] = "a", [5] = "b" });

        groups.Take("new").Should().NotBe(3).And.NotBe(5);
        groups.Take("a").Should().Be(3);
        groups.Release("a");
        groups.Take("a").Should().Be(3, "nothing is given back while services are still coming");
        groups.Tidy();

        groups.TryGet("b", out _).Should().BeFalse();
        groups.NameOf(3).Should().Be("a");
        stored.Should().Contain((5, null)).And.NotContain((3, null));
    }
}
