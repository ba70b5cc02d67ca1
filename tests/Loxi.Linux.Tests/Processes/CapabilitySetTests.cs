using FluentAssertions;
using Loxi.Linux.Processes;
using Xunit;

namespace Loxi.Linux.Tests.Processes;

public sealed class CapabilitySetTests
{
    [Fact]
    public void Parse_Status_ReadsTheEffectiveLine()
    {
        var set = CapabilitySet.Parse("Name:\tx\nCapPrm:\tffffffffffffffff\nCapEff:\t0000000000003000\nCapBnd:\t0\n");
        set.Has(Capability.NetAdmin).Should().BeTrue();
        set.Has(Capability.NetRaw).Should().BeTrue();
        set.Has(Capability.Bpf).Should().BeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("CapEff:\txyz")]
    public void Parse_NoSuchLine_IsReported(string status) =>
        FluentActions.Invoking(() => CapabilitySet.Parse(status)).Should().Throw<LinuxException>().WithMessage("*CapEff*");

    [Fact]
    public void Require_Missing_NamesAllOfThem() =>
        FluentActions.Invoking(static () => new CapabilitySet(0).Require("attach XDP", Capability.NetAdmin, Capability.Bpf)).Should().Throw<LinuxException>()
            .Where(static e => e.ErrorNumber == Errno.EPERM && e.Message.Contains("CAP_NET_ADMIN, CAP_BPF", StringComparison.Ordinal));

    [Fact]
    public void ReadEffective_Works() => FluentActions.Invoking(static () => CapabilitySet.ReadEffective()).Should().NotThrow();
}
