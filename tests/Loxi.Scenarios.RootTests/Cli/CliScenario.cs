using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FluentAssertions;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests.Cli;

/// <summary>A node and the command line beside it.</summary>
public sealed partial class CliScenario : IAsyncLifetime
{
    /// <summary>Pool of the default group.</summary>
    public const string Pool = "east";

    /// <summary>Pool of the group inst1.</summary>
    public const string OtherGroupPool = "west";

    private const string Services = "/netlox/v1/config/loadbalancer/all";

    internal Scenario Scenario { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Scenario = await Scenario.StartAsync();
        Succeeds($"create pool {Pool} --addresses 198.18.5.1,2001:db8:5::1");
        Succeeds($"create pool {OtherGroupPool} --addresses 198.18.6.1 --group inst1");
    }

    public async ValueTask DisposeAsync()
    {
        if (Scenario is not null)
        {
            await Scenario.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a command line, whose words are separated by single spaces.</summary>
    internal (int ExitCode, string Output, string Error) Run(string line) => Scenario.Lab.Node.TryExec(LabPrograms.Cli, line.Split(' '));

    internal string Succeeds(string line)
    {
        var (exitCode, output, error) = Run(line);
        exitCode.Should().Be(0, error);
        error.Should().BeEmpty();
        return output;
    }

    /// <summary>The command line is wrong: nothing is sent, and there is a line for everything that is wrong with it.</summary>
    internal async Task FailsAsync(string line, params string[] messages)
    {
        var before = await ReadAsync();

        var (exitCode, output, error) = Run(line);

        exitCode.Should().Be(2, error);
        output.Should().BeEmpty();
        error.Should().StartWith("loxictl: ");
        error["loxictl: ".Length..].TrimEnd('\n').Split('\n').Select(static said => said.Trim()).Where(static said => !said.StartsWith("see: loxictl ", StringComparison.Ordinal)).Should().BeEquivalentTo(messages, error);
        (await ReadAsync()).Should().Equal(before);
    }

    /// <summary>The only service, alike from the API and from <c>get lb -o json</c>.</summary>
    internal async Task<JsonNode> ReadServiceAsync()
    {
        var answer = JsonNode.Parse((await Scenario.SendAsync(HttpMethod.Get, Services)).Body)!;
        JsonNode.DeepEquals(answer, JsonNode.Parse(Succeeds("get lb -o json"))).Should().BeTrue();
        return answer["lbAttr"]!.AsArray().Should().ContainSingle().Subject!;
    }

    /// <summary>The lines of <c>get lb -o wide</c>, each with its cells by their headings.</summary>
    internal IReadOnlyList<IReadOnlyDictionary<string, string>> ReadWide()
    {
        var lines = Succeeds("get lb -o wide").TrimEnd('\n').Split('\n').Select(static line => Gap().Split(line.Trim())).ToList();
        lines.Should().OnlyContain(cells => cells.Length == lines[0].Length);
        return [.. lines.Skip(1).Select(cells => lines[0].Zip(cells).ToDictionary(static cell => cell.First, static cell => cell.Second))];
    }

    private async Task<string[]> ReadAsync() => [(await Scenario.SendAsync(HttpMethod.Get, Services)).Body, (await Scenario.SendAsync(HttpMethod.Get, "/loxi/v1/pools")).Body];

    [GeneratedRegex(" {2,}")]
    private static partial Regex Gap();
}
