using FluentAssertions;
using Loxi.Linux.Processes;
using Xunit;

namespace Loxi.Linux.RootTests.Processes;

public sealed class ProcessTests
{
    [Fact]
    public void ReadEffective_Root_HasNetAdmin()
    {
        var set = CapabilitySet.ReadEffective();
        set.Has(Capability.NetAdmin).Should().BeTrue();
        FluentActions.Invoking(() => set.Require("run tests", Capability.NetAdmin, Capability.NetRaw)).Should().NotThrow();
    }

    [Fact]
    public void Raise_OpenFiles_NeverLowers()
    {
        var before = ResourceLimits.Get(ResourceLimit.OpenFiles);
        ResourceLimits.Raise(ResourceLimit.OpenFiles, 1).Should().Be(before);
        try
        {
            ResourceLimits.Set(ResourceLimit.OpenFiles, before with { Soft = before.Soft - 1 });
            ResourceLimits.Raise(ResourceLimit.OpenFiles, before.Soft).Soft.Should().Be(before.Soft);
            ResourceLimits.Get(ResourceLimit.OpenFiles).Should().Be(before);
        }
        finally
        {
            ResourceLimits.Set(ResourceLimit.OpenFiles, before);
        }
    }

    [Fact]
    public void SetFifo_OwnThread_IsSetOrRefusedWithTheReason()
    {
        string? policy = null;
        LinuxException? refused = null;
        var thread = new Thread(() =>
        {
            try
            {
                Scheduling.SetFifo(1);

                // Field 41 of stat is the policy (proc(5)); the name in parentheses may hold blanks.
                var stat = File.ReadAllText("/proc/thread-self/stat");
                policy = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[38];
                Scheduling.SetNormal();
            }
            catch (LinuxException e)
            {
                refused = e;
            }
        });
        thread.Start();
        thread.Join();
        if (refused is null)
        {
            policy.Should().Be("1");
        }
        else
        {
            refused.ErrorNumber.Should().Be(Errno.EPERM);
            refused.Message.Should().Contain("CAP_SYS_NICE");
        }
    }
}
