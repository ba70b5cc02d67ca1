using System.Globalization;
using FluentAssertions;
using Xunit;

namespace Loxi.Scenarios.RootTests;

/// <summary>Threads that collect garbage while a real-time thread waits for it: they must not wait for busy processes.</summary>
public sealed class NiceTests
{
    [Theory]
    [InlineData("--ha-priority=10", true)]
    [InlineData("--bfd-priority=10", true)]
    [InlineData("--ha-priority=0", false)]
    public async Task EveryThread_OfANodeThatIsRealTime_HasAGreaterShare(string flag, bool isFavoured)
    {
        await using var scenario = await Scenario.StartAsync(null, "tc", flag);
        // Threads that a request starts have it from those that were there.
        _ = await scenario.Api.ListPoolsAsync(TestContext.Current.CancellationToken);

        var nices = NicesOf(scenario.Daemon.Pid.ToString(CultureInfo.InvariantCulture));

        nices.Should().HaveCountGreaterThan(5).And.OnlyContain(nice => nice == (isFavoured ? -10 : NicesOf("self")[0]));
        scenario.Daemon.Lines.Should().NotContain(static line => line.Contains("no greater share", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutTheCapability_TheNodeStarts_AndSaysWhy()
    {
        await using var scenario = await Scenario.CreateAsync();
        scenario.Under = ["setpriv", "--bounding-set", "-sys_nice"];

        await scenario.StartDaemonAsync("tc", "--ha-priority=10");

        scenario.Daemon.Lines.Should().ContainSingle(static line => line.Contains("no greater share", StringComparison.Ordinal))
            .Which.Should().Contain("set the nice value -10: ").And.Contain("Permission denied (errno 13)").And.Contain("CAP_SYS_NICE or RLIMIT_NICE is needed");
    }

    /// <summary>Field 19 of stat (proc(5)); the name in parentheses may hold blanks.</summary>
    private static List<int> NicesOf(string process) =>
    [
        .. Directory.GetDirectories($"/proc/{process}/task").Select(static task => File.ReadAllText(Path.Combine(task, "stat")))
            .Select(static stat => int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], CultureInfo.InvariantCulture)),
    ];
}
