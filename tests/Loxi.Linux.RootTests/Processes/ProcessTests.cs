using System.Globalization;
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

    [Fact]
    public void SetNice_EveryThreadHasIt_AndOneThatIsStartedLater()
    {
        var before = Nice("self");
        using var ends = new ManualResetEventSlim();
        var early = StartWaiting(ends);
        try
        {
            Scheduling.SetNice(before - 2);

            var late = StartWaiting(ends);
            Directory.GetDirectories("/proc/self/task").Select(static task => Nice($"self/task/{Path.GetFileName(task)}")).Should().HaveCountGreaterThan(2).And.OnlyContain(nice => nice == before - 2);
            ends.Set();
            early.Join();
            late.Join();
        }
        finally
        {
            ends.Set();
            Scheduling.SetNice(before);
        }

        Nice("self").Should().Be(before);
    }

    [Fact]
    public void SetNice_WithoutTheCapability_IsRefusedWithTheReason()
    {
        var before = Nice("self");

        var act = () => Unprivileged.Run(
            () =>
            {
                Scheduling.SetNice(before - 1);
                return true;
            },
            Capability.SysNice);

        act.Should().Throw<LinuxException>().Where(static e => e.ErrorNumber == Errno.EACCES).WithMessage("*CAP_SYS_NICE*");
        FluentActions.Invoking(() => Scheduling.SetNice(-21)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => Scheduling.SetNice(20)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static Thread StartWaiting(ManualResetEventSlim ends)
    {
        var thread = new Thread(ends.Wait);
        thread.Start();
        return thread;
    }

    /// <summary>Field 19 of stat (proc(5)); the name in parentheses may hold blanks.</summary>
    private static int Nice(string process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], CultureInfo.InvariantCulture);
    }
}
