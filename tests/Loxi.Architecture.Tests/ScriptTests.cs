using System.Diagnostics;
using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace Loxi.Architecture.Tests;

/// <summary>What the scripts at the root say of themselves.</summary>
public sealed class ScriptTests
{
    [Theory]
    [InlineData("run.sh", "--debug", "--keep", "node")]
    [InlineData("test.sh", "ci", "unit", "kernels", "FILTER")]
    [InlineData("bench.sh", "packets|tables|connections|e2e|node|bfd|bgp|ha|all")]
    public async Task Help_PrintsTheOptionsAndEnds(string script, params string[] options)
    {
        var (code, text) = await RunAsync(script, "--help");

        code.Should().Be(0, text);
        text.Should().ContainAll(options).And.NotContain("error").And.NotContain("building").And.NotContain("root=");
    }

    [Fact]
    public async Task HelpOfBench_ListsEveryOptionOfTheProgram()
    {
        var options = Regex.Matches(Repository.Read("benchmarks/Loxi.Benchmarks/BenchOptions.cs"), "\"(--[a-z]+)\" => this").Select(m => m.Groups[1].Value).ToArray();

        var (_, text) = await RunAsync("bench.sh", "-h");

        options.Should().HaveCountGreaterThan(5);
        text.Should().ContainAll(options);
    }

    private static async Task<(int Code, string Text)> RunAsync(string script, string option)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(Repository.Root, script), option]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
