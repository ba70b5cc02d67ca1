using System.Diagnostics;
using FluentAssertions;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.TestKit.Tests.Topology;

public sealed class LabIdTests
{
    [Fact]
    public void Id_IsReadBackFromTheNamesThatCarryIt()
    {
        var id = LabId.Next();

        LabId.TryParse(id.ToString()).Should().Be(id);
        LabId.TryParse($"loxi-{id}-node").Should().Be(id);
        id.OwnerIsAlive.Should().BeTrue();
        LabId.Next().Should().NotBe(id);
    }

    [Theory]
    [InlineData("cni-12s34n5-node")]
    [InlineData("loxi-12s34-node")]
    [InlineData("loxi-12s34n5x")]
    [InlineData("default")]
    [InlineData("99999999999s1n1")]
    public void ForeignName_IsNotALab(string name)
    {
        LabId.TryParse(name).Should().BeNull();
    }

    [Fact]
    public void PidUsedAgainByAnotherProcess_OwnerIsDead()
    {
        var own = LabId.Next();

        (own with { StartTime = own.StartTime + 1 }).OwnerIsAlive.Should().BeFalse();
    }

    [Fact]
    public void EndedProcess_OwnerIsDead()
    {
        using var process = Process.Start("true");
        process.WaitForExit();

        new LabId(process.Id, 1, 1).OwnerIsAlive.Should().BeFalse();
    }
}
