using System.Diagnostics;
using System.Globalization;
using FluentAssertions;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.TestKit.RootTests.Topology;

public sealed class LabRemovalTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Disposal_LeavesNothing()
    {
        LabId id;
        string[] directories;
        int pid;
        var nodesRoot = Directory.Exists("/run/loxi");
        await using (var lab = await StandardLab.CreateAsync())
        {
            id = lab.Lab.Id;
            var server = await LabServers.StartHttpAsync(lab.Endpoints[0], 80);
            pid = server.Pid;
            _ = lab.Client.Capture("eth0");
            var nodeState = Directory.CreateDirectory($"/run/loxi/{lab.Node.Instance}");
            await File.WriteAllTextAsync(Path.Combine(nodeState.FullName, "state"), "x", TestContext.Current.CancellationToken);
            directories = [lab.Lab.StateDirectory, nodeState.FullName];

            // What is asserted to be gone was there.
            LabRegistry.Remains(id).Should().Contain(path => path == $"/proc/{pid}")
                .And.Contain(directories)
                .And.Contain(lab.Lab.Hosts.Select(host => host.NamespacePath));
        }

        LabRegistry.Remains(id).Should().BeEmpty();
        directories.Should().OnlyContain(directory => !Directory.Exists(directory));
        Directory.Exists($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}").Should().BeFalse("the server was killed and reaped");
        Shell.Run("ip", "netns", "list").Should().NotContain(id.ToString());
        if (!nodesRoot)
        {
            Directory.Exists("/run/loxi").Should().BeFalse("a directory that is left empty goes too");
        }
    }

    [Fact]
    public async Task FailureWhileBuilding_LeavesNothing()
    {
        var failure = await FluentActions.Awaiting(() => StandardLab.CreateAsync(new() { Link = new() { Mtu = 60000000 } })).Should().ThrowAsync<LabException>();

        // The command that failed names the namespaces, and so the lab.
        var name = failure.Which.Message.Split(' ').First(word => word.StartsWith("loxi-", StringComparison.Ordinal));
        LabRegistry.Remains(LabId.TryParse(name)!).Should().BeEmpty(failure.Which.Message);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Signal_RemovesTheLabBeforeTheProcessEnds(string signal)
    {
        using var owner = await OwnerOfALabAsync();

        Shell.Run("kill", $"-{signal}", owner.Process.Id.ToString(CultureInfo.InvariantCulture));
        await owner.Process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_limit, TestContext.Current.CancellationToken);

        LabRegistry.Remains(owner.Id).Should().BeEmpty();
    }

    [Fact]
    public async Task SignalWhileBuilding_LeavesNothing()
    {
        using var process = StartLab("up", "--endpoints", "9");
        var found = await WaitForAsync(() => LabRegistry.Find().FirstOrDefault(id => id.Pid == process.Id));

        Shell.Run("kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_limit, TestContext.Current.CancellationToken);

        LabRegistry.Remains(found).Should().BeEmpty();
    }

    [Fact]
    public async Task KilledOwner_LeftoversAreRemovedByTheNextLab()
    {
        using var owner = await OwnerOfALabAsync();
        owner.Process.Kill();
        await owner.Process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        owner.Id.OwnerIsAlive.Should().BeFalse();

        await using (Lab.Create())
        {
            // Another test that makes a lab may have come first: what counts is that nothing is left afterwards.
            LabRegistry.Remains(owner.Id).Should().BeEmpty();
        }
    }

    [Fact]
    public async Task LivingOwner_ItsLabIsLeftAlone()
    {
        using var owner = await OwnerOfALabAsync();

        LabRegistry.RemoveLeftovers().Should().NotContain(owner.Id);

        LabRegistry.Remains(owner.Id).Should().Contain(path => path.StartsWith("/proc/", StringComparison.Ordinal), "its servers run");
        Shell.Run("kill", "-TERM", owner.Process.Id.ToString(CultureInfo.InvariantCulture));
        await owner.Process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Keep_TheLabOutlivesItsOwnerUntilCleaned()
    {
        using var process = StartLab("up", "--endpoints", "1", "--keep");
        var output = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        var id = LabId.TryParse(output!.Split(' ')[^1])!;
        var enter = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        try
        {
            enter.Should().Contain("kept");
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_limit, TestContext.Current.CancellationToken);
            LabRegistry.RemoveLeftovers().Should().NotContain(id);
            Shell.Run("nsenter", $"--net=/run/netns/loxi-{id}-client", LabPrograms.Lab, "http-load", "--target", "192.0.2.11:80", "--connections", "1", "--requests", "1")
                .Should().Contain("\"answered\":1", "the server still answers");
        }
        finally
        {
            LabRegistry.Remove(id);
        }

        LabRegistry.Remains(id).Should().BeEmpty();
    }

    private static Process StartLab(params string[] arguments)
        => Process.Start(new ProcessStartInfo(LabPrograms.Lab, arguments) { RedirectStandardOutput = true })!;

    private static async Task<LabOwner> OwnerOfALabAsync()
    {
        var process = StartLab("up", "--endpoints", "1");
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(s_limit, TestContext.Current.CancellationToken);
        line.Should().StartWith("ready ");
        return new LabOwner(process, LabId.TryParse(line!["ready ".Length..])!);
    }

    private static async Task<T> WaitForAsync<T>(Func<T?> probe)
        where T : class
    {
        using var limit = new CancellationTokenSource(s_limit);
        T? found;
        while ((found = probe()) is null)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        return found;
    }

    private sealed record LabOwner(Process Process, LabId Id) : IDisposable
    {
        public void Dispose()
        {
            if (!Process.HasExited)
            {
                Process.Kill();
            }

            Process.Dispose();
        }
    }
}
