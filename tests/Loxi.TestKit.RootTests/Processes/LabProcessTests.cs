using FluentAssertions;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.TestKit.RootTests.Processes;

public sealed class LabProcessTests
{
    [Fact]
    public async Task Output_IsSeenAsLinesAndKeptInTheLog()
    {
        await using var lab = Lab.Create();
        var process = lab.AddHost("a").Start("script", "sh", "-c", "echo out; echo err >&2; exit 3");

        (await process.Completion).Should().Be(3);
        process.Lines.Should().BeEquivalentTo("out", "err");
        (await File.ReadAllLinesAsync(process.LogPath, TestContext.Current.CancellationToken)).Should().BeEquivalentTo("out", "err");
        (await process.WaitForLineAsync("^err$")).Should().Be("err", "it was written before the wait");
    }

    [Fact]
    public async Task EndBeforeTheLine_IsAnErrorWithExitCodeAndOutput()
    {
        await using var lab = Lab.Create();
        var process = lab.AddHost("a").Start("script", "sh", "-c", "echo first words; exit 4");

        await FluentActions.Awaiting(() => process.WaitForLineAsync("^ready"))
            .Should().ThrowAsync<LabException>().WithMessage("script on a*ended with 4*first words*");
    }

    [Fact]
    public async Task Process_LivesInTheNamespaceOfItsHostWithTheMountsOfTheMachine()
    {
        await using var lab = Lab.Create();
        var host = lab.AddHost("a");
        var process = host.Start("links", "sh", "-c", "ls /proc/self/net/dev_snmp6; readlink /proc/self/ns/mnt");

        (await process.Completion).Should().Be(0);
        process.Lines.Should().Equal("lo", new FileInfo("/proc/self/ns/mnt").LinkTarget);
    }

    [Fact]
    public async Task Stop_IsSigtermFirst_AndTheExitCodeIsTheProgramsOwn()
    {
        await using var lab = Lab.Create();
        var process = await LabServers.StartHttpAsync(lab.AddHost("a"), 80);

        (await process.StopAsync()).Should().Be(0);
        process.HasExited.Should().BeTrue();
    }

    [Fact]
    public async Task Paused_EveryThreadStandsStill_UntilItGoesOn()
    {
        await using var lab = Lab.Create();
        var process = await LabServers.StartHttpAsync(lab.AddHost("a"), 80);

        for (var i = 0; i < 50; i++)
        {
            process.Pause();
            process.Pause();

            States(process).Should().NotBeEmpty().And.OnlyContain(static state => state == 'T');
            process.Continue();
        }

        States(process).Should().NotContain('T');
    }

    [Fact]
    public async Task Paused_AProcessThatHasEnded_IsAnError()
    {
        await using var lab = Lab.Create();
        var process = lab.AddHost("a").Start("script", "sh", "-c", "echo last words");
        await process.Completion;

        process.Invoking(static p => p.Pause()).Should().Throw<LabException>().WithMessage("script on a*has ended*last words*");
    }

    /// <summary>Of each thread: the letter behind the name in brackets (proc_pid_stat(5)).</summary>
    private static List<char> States(LabProcess process) =>
        [.. Directory.GetDirectories($"/proc/{process.Pid}/task").Select(static task => File.ReadAllText(Path.Combine(task, "stat"))).Select(static stat => stat[stat.LastIndexOf(')') + 2])];
}
