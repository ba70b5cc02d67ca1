using System.Diagnostics;
using System.Runtime.InteropServices;
using FluentAssertions;
using Xunit;

namespace Loxi.Publish.Tests;

/// <summary>
/// Publishes the hosts as native executables, as they are delivered: any trim or AOT warning is an error, and what comes out runs. Needs a
/// linker (clang or gcc) and takes minutes, so the set <c>unit</c> leaves it out. The build has an output directory of its own.
/// </summary>
public sealed class NativePublishTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    private static string Root { get; } = FindRoot();

    private static string Output { get; } = Path.Combine(Root, "artifacts", "native");

    [Fact]
    public async Task Loxictl_HasNoWarningAndShowsItsVersion()
    {
        var program = await PublishAsync("Loxi.Cli", "loxictl");

        var (code, output, error) = await RunAsync(program, "--version");

        code.Should().Be(0, error);
        output.Trim().Should().MatchRegex(@"^\d+\.\d+\.\d+");
    }

    [Fact]
    public async Task Loxid_HasNoWarningAndShowsItsHelp()
    {
        var program = await PublishAsync("Loxi.Node", "loxid");

        var (code, output, error) = await RunAsync(program, "--help");

        code.Should().Be(0, error);
        output.Should().Contain("loxid, the Loxi load-balancer node").And.Contain("--max-connections");
        (await RunAsync(program, "--port", "x")).Should().Be((2, "", "loxid: --port: value 'x', expected 1 to 65535\nloxid: --help lists the flags\n"));
    }

    private static async Task<string> PublishAsync(string project, string program)
    {
        var directory = Path.Combine(Output, "publish", project);
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        var (code, output, error) = await RunAsync(
            "dotnet", "publish", Path.Combine(Root, "hosts", project), "--configuration", "Release", "--runtime", RuntimeInformation.RuntimeIdentifier,
            "--output", directory, "--nologo", "--verbosity", "minimal", "-nodeReuse:false",
            "-p:PublishAot=true", "-p:TrimmerSingleWarn=false", "-p:TreatWarningsAsErrors=true", $"-p:ArtifactsPath={Output}",
            // The build of the solution has run them.
            "-p:RunAnalyzers=false");
        code.Should().Be(0, output + error);
        output.Should().Contain("Generating native code").And.NotMatchRegex(@"\bIL[23]\d{3}\b");
        var file = Path.Combine(directory, program);
        var start = new byte[4];
        await using (var stream = File.OpenRead(file))
        {
            await stream.ReadExactlyAsync(start, TestContext.Current.CancellationToken);
        }

        start.Should().Equal(0x7f, (byte)'E', (byte)'L', (byte)'F');
        File.Exists(file + ".dll").Should().BeFalse("the program is one file of native code");
        return file;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Root };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Loxi.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Loxi.sln.");
    }
}
