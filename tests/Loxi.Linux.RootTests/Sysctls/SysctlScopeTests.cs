using FluentAssertions;
using Loxi.Linux.RootTests.Support;
using Loxi.Linux.Sysctls;
using Xunit;

namespace Loxi.Linux.RootTests.Sysctls;

public sealed class SysctlScopeTests : IDisposable
{
    private const string Forward = "net/ipv4/ip_forward";
    private readonly VethPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void Set_ThenDispose_PutsTheFirstValueBackAndTouchesOnlyItsNamespace()
    {
        var filter = Sysctl.InterfaceKey("net/ipv4/conf", "a0", "rp_filter");
        Sysctl.Write(filter, "0", _pair.A);
        Sysctl.Write(Forward, "0", _pair.A);
        Sysctl.Write(Forward, "0", _pair.B);
        using (var scope = new SysctlScope(_pair.A))
        {
            scope.Set(filter, "1").Should().BeTrue();
            scope.Set(filter, "2").Should().BeTrue();
            scope.Set(filter, "2").Should().BeFalse();
            scope.Set(Forward, "1").Should().BeTrue();
            Sysctl.Read(filter, _pair.A).Should().Be("2");
            Sysctl.Read(Forward, _pair.B).Should().Be("0");
            scope.Changes.Should().Equal(new SysctlChange(filter, "0", "2"), new SysctlChange(Forward, "0", "1"));
        }

        Sysctl.Read(filter, _pair.A).Should().Be("0");
        Sysctl.Read(Forward, _pair.A).Should().Be("0");
    }

    [Fact]
    public void Serialize_AnotherScope_PutsBack()
    {
        Sysctl.Write(Forward, "0", _pair.A);
        var scope = new SysctlScope(_pair.A);
        scope.Set(Forward, "1");
        var saved = scope.Serialize();
        scope.Keep();
        scope.Dispose();
        Sysctl.Read(Forward, _pair.A).Should().Be("1");
        SysctlScope.Deserialize(saved, _pair.A).Restore().Should().BeEmpty();
        Sysctl.Read(Forward, _pair.A).Should().Be("0");
    }

    [Fact]
    public void Remember_ThenSet_IsSavedBeforeTheKernelIsTouched()
    {
        Sysctl.Write(Forward, "0", _pair.A);
        var scope = new SysctlScope(_pair.A);

        scope.Remember(Forward, "0").Should().BeFalse();
        scope.Remember(Forward, "1").Should().BeTrue();

        Sysctl.Read(Forward, _pair.A).Should().Be("0");
        var saved = scope.Serialize();
        scope.Set(Forward, "1").Should().BeTrue();
        scope.Serialize().Should().Be(saved);
        scope.Keep();
        scope.Dispose();
        SysctlScope.Deserialize(saved, _pair.A).Restore().Should().BeEmpty();
        Sysctl.Read(Forward, _pair.A).Should().Be("0");
    }

    [Fact]
    public void Restore_ChangedBySomeoneElseOrGone_LeavesItAndSaysSo()
    {
        var filter = Sysctl.InterfaceKey("net/ipv4/conf", "a0", "rp_filter");
        Sysctl.Write(filter, "0", _pair.A);
        _pair.InA("link add gone0 type veth peer name gone1");
        var gone = Sysctl.InterfaceKey("net/ipv4/conf", "gone0", "rp_filter");
        Sysctl.Write(gone, "0", _pair.A);
        using var scope = new SysctlScope(_pair.A);
        scope.Set(filter, "1");
        scope.Set(gone, "1");
        Sysctl.Write(filter, "2", _pair.A);
        _pair.InA("link del gone0");
        scope.Restore().Select(static change => change.Key).Should().BeEquivalentTo(filter, gone);
        Sysctl.Read(filter, _pair.A).Should().Be("2");
    }

    [Fact]
    public void InterfaceWithDots_IsReachedWhole()
    {
        _pair.InA("link add tail.100 type veth peer name tail.101");
        Sysctl.Write("net/ipv4/conf/tail.100/rp_filter", "2", _pair.A);
        Sysctl.Read(Sysctl.InterfaceKey("net/ipv4/conf", "tail.100", "rp_filter"), _pair.A).Should().Be("2");
    }

    [Fact]
    public void Write_RefusedByTheKernel_NamesKeyAndValue() =>
        FluentActions.Invoking(() => Sysctl.Write(Forward, "maybe", _pair.A)).Should().Throw<LinuxException>()
            .Where(static e => e.ErrorNumber == Errno.EINVAL && e.Subject == Forward && e.Message.Contains("maybe", StringComparison.Ordinal));
}
