using System.Globalization;
using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests;

/// <summary>
/// Bad input beside a node that serves: the process that got it ends with the documented code (2 for the command line, 1 for the rest) and
/// says what was wrong with which value, and the node goes on as it was.
/// </summary>
public sealed class BadInputTests(BadInputScenario shared) : IClassFixture<BadInputScenario>
{
    private Scenario Scenario => shared.Scenario;

    [Theory]
    [InlineData("'--no-such-flag'", "--no-such-flag")]
    [InlineData("--whitelist: value 'eth['", "--whitelist", "eth[")]
    [InlineData("--blacklist: value '(?<=a)b'", "--blacklist", "(?<=a)b")]
    [InlineData("--port: value '65536', expected 1 to 65535", "--port", "65536")]
    [InlineData("--hook: value 'tc,eth0=xpd', expected MODE[,IFNAME=MODE...]", "--hook", "tc,eth0=xpd")]
    [InlineData("--instance: value 'Node', expected 1 to 32 characters", "--instance", "Node")]
    [InlineData("--self: value '2', expected a number below --port-slices, which is 2", "--self", "2", "--port-slices", "2")]
    public async Task BadFlag_EndsWithTwoAndNamesFlagValueAndWhatWasExpected(string message, params string[] arguments)
        => await FailsAsync(2, message, Scenario.Lab.Node.Start("bad", LabPrograms.Node, arguments));

    [Fact]
    public async Task SeveralBadFlags_AreAllNamed()
    {
        var process = Scenario.Lab.Node.Start("bad", LabPrograms.Node, "--port", "0", "--max-connections", "1", "--log-level", "loud");

        await FailsAsync(2, "--port: value '0'", process);
        process.Lines.Should().Contain(line => line.Contains("--max-connections: value '1', expected 1024 to 67108864", StringComparison.Ordinal), process.Tail());
        process.Lines.Should().Contain(line => line.Contains("--log-level: value 'loud'", StringComparison.Ordinal), process.Tail());
    }

    [Fact]
    public async Task SecondProcessOfTheInstance_EndsWithOneAndNamesInstanceAndLock()
        => await FailsAsync(1, $"instance '{Scenario.Lab.Node.Instance}' is running already: {Scenario.StateDirectory}/loxid.lock is locked", Scenario.Launch());

    [Fact]
    public async Task PortInUse_EndsWithOneNamesThePortAndLeavesNothing()
    {
        await FailsAsync(1, "127.0.0.1:11111", shared.LaunchOther());
        Directory.Exists(shared.OtherPins).Should().BeFalse();
    }

    [Fact]
    public async Task AddressOfAnotherMachine_EndsWithOneNamesItAndLeavesNothing()
    {
        await FailsAsync(1, "loxid: --host: value '192.0.2.77', expected an address of this machine", shared.LaunchOther("--host", "192.0.2.77"));
        Directory.Exists(shared.OtherPins).Should().BeFalse();
    }

    [Fact]
    public async Task PrivilegedPortWithoutTheCapability_EndsWithOneAndNamesIt()
    {
        var process = Scenario.Lab.Node.Start(
            "bad", "setpriv", "--bounding-set", "-net_bind_service", LabPrograms.Node, "--instance", shared.OtherInstance, "--state-dir", shared.OtherState, "--max-connections", "1024", "--port", "81");

        await FailsAsync(1, "loxid: --port: value '81', expected 1024 or higher, or CAP_NET_BIND_SERVICE", process);
        Directory.Exists(shared.OtherPins).Should().BeFalse();
    }

    [Theory]
    [InlineData]
    [InlineData("--purge", "now")]
    public async Task PinDirectoryOfAnotherInstance_EndsWithOneNamesItAndLeavesIt(params string[] more)
    {
        var pins = Pins();
        await FailsAsync(1, $"loxid: --pin-dir: value '{Scenario.PinDirectory}', expected a directory that no other process uses", shared.LaunchOther(["--port", "11112", "--pin-dir", Scenario.PinDirectory, .. more]));
        Pins().Should().BeEquivalentTo(pins);
    }

    [Fact]
    public async Task LockThatCannotBeMade_IsNotTakenForARunningInstance()
    {
        DeleteOtherState();
        Directory.CreateDirectory(Path.Combine(shared.OtherState, "loxid.lock"));
        try
        {
            var process = shared.LaunchOther("--port", "11112");
            await FailsAsync(1, Path.Combine(shared.OtherState, "loxid.lock"), process);
            process.Tail().Should().NotContain("running already");
        }
        finally
        {
            DeleteOtherState();
        }
    }

    [Fact]
    public async Task ServicesBeyondATable_EndTheStartWithTheLimitAndAreRefusedByRest()
    {
        string Entry(int i) => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"serviceArguments":{"externalIP":"198.18.0.9","port":{{1000 + i}},"protocol":"tcp","sel":1},"endpoints":[{"endpointIP":"192.0.2.11","weight":1,"targetPort":{{1000 + i}}}]}""");
        DeleteOtherState();
        Directory.CreateDirectory(shared.OtherState);
        var file = Path.Combine(shared.OtherState, "services.json");
        async Task WriteAsync(int count) => await File.WriteAllTextAsync(file, $$"""{"lbAttr":[{{string.Join(',', Enumerable.Range(0, count).Select(Entry))}}]}""", TestContext.Current.CancellationToken);
        try
        {
            await WriteAsync(4097);
            await FailsAsync(1, $"loxid: {file}: lbAttr: value '4097 services', expected at most 4096 different sets of endpoints", shared.LaunchOther("--port", "11112"));
            Directory.Exists(shared.OtherPins).Should().BeFalse();

            await WriteAsync(4096);
            await using var full = shared.LaunchOther("--port", "11112", "--blacklist", ".", "--purge", "on-exit");
            await full.WaitForLineAsync("Instance .* ready", TimeSpan.FromSeconds(60));
            var refused = Scenario.Lab.Node.Start("create", LabPrograms.Cli, "create", "lb", "198.18.0.9", "--tcp", "80:80", "--select", "hash", "--endpoints", "192.0.2.12:1", "--api", "http://127.0.0.1:11112");
            (await refused.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Should().Be(1);
            refused.Tail().Should().Contain("rule-hwm error: No room for more different sets of endpoints").And.Contain("(403)");
            Scenario.Lab.Node.Exec(LabPrograms.Cli, "create", "lb", "198.18.0.9", "--tcp", "80:1000", "--select", "hash", "--endpoints", "192.0.2.11:1", "--api", "http://127.0.0.1:11112");
            (await full.StopAsync()).Should().Be(0, full.Tail());
        }
        finally
        {
            DeleteOtherState();
        }
    }

    [Fact]
    public async Task UnknownInterfaceInHook_EndsWithOneAndNamesThoseThatExist()
        => await FailsAsync(1, "--hook: value 'eth9', expected interfaces of this machine: cni0, eth0, eth1, lo", shared.LaunchOther("--port", "11112", "--hook", "tc,eth9=xdp"));

    [Fact]
    public async Task PinDirectoryOutsideABpffs_EndsWithOneAndNamesIt()
    {
        var directory = Path.Combine(Scenario.Lab.Lab.StateDirectory, "pins");
        await FailsAsync(1, directory, shared.LaunchOther("--port", "11112", "--pin-dir", directory));
        Directory.Exists(directory).Should().BeFalse();
    }

    [Fact]
    public async Task BpffsThatCannotBeMounted_EndsWithOneAndNamesTheMountPoint()
    {
        var process = Scenario.Lab.Node.Start(
            "bad", "unshare", "--mount", "sh", "-c", "mount -t tmpfs none /sys/fs && mount -o remount,ro /sys/fs && exec \"$@\"", "sh",
            LabPrograms.Node, "--instance", shared.OtherInstance, "--state-dir", shared.OtherState, "--port", "11112");

        await FailsAsync(1, "/sys/fs/bpf", process);
    }

    [Fact]
    public async Task WithoutRoot_EndsWithOneAndNamesTheMissingCapabilities()
    {
        var process = Scenario.Lab.Node.Start(
            "bad", "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", LabPrograms.Node, "--state-dir", "/tmp/loxi-never", "--port", "11112");

        await FailsAsync(1, "CAP_BPF", process);
        process.Lines.Should().Contain(line => line.Contains("CAP_NET_ADMIN", StringComparison.Ordinal) && line.Contains("run as root", StringComparison.Ordinal), process.Tail());
        Directory.Exists("/tmp/loxi-never").Should().BeFalse();
    }

    [Fact]
    public async Task DamagedStateFile_EndsWithOneAndNamesFilePlaceAndText()
        => await FailsWithStateAsync(text => text[..(text.Length / 2)], "line ", "expected complete JSON");

    [Fact]
    public async Task UnknownMemberInTheStateFile_EndsWithOneAndNamesItsPath() => await FailsWithStateAsync(
        text =>
        {
            var root = JsonNode.Parse(text)!;
            root["lbAttr"]![0]!["serviceArguments"]!["prot"] = 8080;
            return root.ToJsonString();
        },
        "lbAttr[0].serviceArguments.prot: value '8080', expected one of the members",
        "port, portMax, privateIP");

    [Fact]
    public async Task DamagedListOfSysctls_EndsWithOneAndNamesTheFile()
    {
        Directory.CreateDirectory(shared.OtherState);
        var file = Path.Combine(shared.OtherState, "sysctls.json");
        await File.WriteAllTextAsync(file, "[{", TestContext.Current.CancellationToken);

        await FailsAsync(1, file, shared.LaunchOther("--port", "11112"));
        await FailsAsync(1, "192.0.2.77", shared.LaunchOther("--port", "11112", "--host", "192.0.2.77"));

        File.Exists(file).Should().BeTrue("nobody but its owner knows what it should say");
        File.Delete(file);
    }

    [Fact]
    public async Task PinnedTablesOfAnotherLayout_EndWithOneAndStay()
    {
        var right = (await Scenario.Api.GetStatusAsync(TestContext.Current.CancellationToken)).Layout;
        await Scenario.Daemon.StopAsync();
        var layout = Path.Combine(Scenario.PinDirectory, "layout");
        var pins = Pins();
        Write(99);
        try
        {
            await FailsAsync(1, $"The tables pinned in {Scenario.PinDirectory} have layout 99, expected layout {right}.", Scenario.Launch(), answers: false);
            Pins().Should().BeEquivalentTo(pins);
        }
        finally
        {
            Write(right);
            await Scenario.StartDaemonAsync();
        }

        (await Scenario.Api.GetStatusAsync(TestContext.Current.CancellationToken)).Adopted.Should().BeTrue();

        void Write(int number) => Scenario.Lab.Node.Exec(
            "bpftool", "map", "update", "pinned", layout, "key", "0", "0", "0", "0", "value", number.ToString(CultureInfo.InvariantCulture), "0", "0", "0");
    }

    /// <summary>A start of the node's own instance on a changed state file; then the right one is put back.</summary>
    private async Task FailsWithStateAsync(Func<string, string> change, string message, string more)
    {
        var file = Path.Combine(Scenario.StateDirectory, "services.json");
        await Scenario.Daemon.StopAsync();
        var right = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var pins = Pins();
        await File.WriteAllTextAsync(file, change(right), TestContext.Current.CancellationToken);
        try
        {
            var process = Scenario.Launch();
            await FailsAsync(1, $"loxid: {file}: {message}", process, answers: false);
            process.Tail().Should().Contain(more);
            Pins().Should().BeEquivalentTo(pins);
        }
        finally
        {
            await File.WriteAllTextAsync(file, right, TestContext.Current.CancellationToken);
            await Scenario.StartDaemonAsync();
        }
    }

    private void DeleteOtherState()
    {
        if (Directory.Exists(shared.OtherState))
        {
            Directory.Delete(shared.OtherState, recursive: true);
        }
    }

    private string[] Pins() => Directory.GetFileSystemEntries(Scenario.PinDirectory, "*", SearchOption.AllDirectories);

    /// <summary>The process ends as it should; no stack trace; the service is served and, unless the node is stopped, shown as before.</summary>
    private async Task FailsAsync(int exitCode, string message, LabProcess process, bool answers = true)
    {
        (await process.Completion.WaitAsync(TimeSpan.FromSeconds(20))).Should().Be(exitCode, process.Tail());
        process.Lines.Should().Contain(line => line.Contains(message, StringComparison.Ordinal), process.Tail());
        process.Lines.Should().NotContain(line => line.StartsWith("   at ", StringComparison.Ordinal) || line.StartsWith("Unhandled", StringComparison.Ordinal), process.Tail());
        if (answers)
        {
            (await Scenario.Api.ListServicesAsync(TestContext.Current.CancellationToken)).Should().ContainSingle().Which.Endpoints.Should().HaveCount(3);
            Scenario.Daemon.HasExited.Should().BeFalse();
        }

        await using var load = Load.StartHttp(Scenario.Lab.Client, new LoadOptions { Target = shared.Target, Connections = 3, KeepAlive = false, MaxRequests = 3 });
        var report = await load.FinishAsync();
        report.Failed.Should().Be(0, report.ToString());
    }
}
