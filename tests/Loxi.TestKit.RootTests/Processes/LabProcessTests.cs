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
}
