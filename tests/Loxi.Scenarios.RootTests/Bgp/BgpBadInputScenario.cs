using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests.Bgp;

/// <summary>A node of AS 64500 with a session to the client (AS 64501), a second peer that is not there, and one set and one policy for bad requests to collide with.</summary>
public sealed class BgpBadInputScenario : IAsyncLifetime
{
    public const string Root = "/netlox/v1/config/bgp";
    public const string Peer = "198.51.100.10";

    /// <summary>A peer that nobody is.</summary>
    public const string Absent = "198.51.100.99";

    private static readonly string[] Kinds = ["prefix", "neighbor", "community", "extcommunity", "largecommunity", "aspath"];

    private const string Loxictl = "loxictl: http://127.0.0.1:11111/: the node refused: ";

    internal Scenario Scenario { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Scenario = await Scenario.StartAsync(null, "tc", "--bgp");
        Scenario.Lab.Client.Start("loxi-lab", LabPrograms.Lab, "bgp", "--as", "64501", "--router-id", Peer, "--peer", $"{StandardLab.NodeClientV4},64500");
        await Scenario.Api.PutBgpGlobalAsync(new BgpGlobalArguments { LocalAs = 64500, RouterId = StandardLab.NodeClientV4 }, Cancellation);
        await Scenario.Api.PutBgpNeighborAsync(new BgpNeighborArguments { IPAddress = Peer, RemoteAs = 64501, ConnectRetry = 100 }, Cancellation);
        await Scenario.Api.PutBgpNeighborAsync(new BgpNeighborArguments { IPAddress = Absent, RemoteAs = 64502, Passive = true }, Cancellation);
        foreach (var (path, json) in new[]
        {
            ("/policy/definedsets/prefix", """{"name":"ps1","prefixList":[{"ipPrefix":"10.0.0.0/8"}]}"""),
            ("/policy/definitions", """{"name":"p1","statements":[{"conditions":{"matchPrefixSet":{"prefixSet":"ps1"}},"actions":{"routeDisposition":"accept-route"}}]}"""),
        })
        {
            (await Scenario.SendAsync(HttpMethod.Post, Root + path, json)).Status.Should().Be(200);
        }

        await Scenario.WaitUntilAsync(async () => (await IsUpAsync(), $"{string.Join("; ", await Scenario.Api.ListBgpPeersAsync(Cancellation))}\n{Scenario.Daemon.Tail()}"), TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        if (Scenario is not null)
        {
            await Scenario.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>The request is refused with exactly these problems, <c>field 'value': expected ...</c>, and nothing of it is done.</summary>
    internal async Task RefusesAsync(string path, string json, params string[] problems)
    {
        var before = await ReadAsync();

        var (status, _, body) = await Scenario.SendAsync(HttpMethod.Post, Root + path, json);

        status.Should().Be(400, body);
        var answer = JsonNode.Parse(body)!;
        answer["errors"]!.AsArray().Select(static e => $"{e!["field"]} '{e["value"]}': expected {e["expected"]}").Should().BeEquivalentTo(problems, body);
        ((string)answer["result"]!).Should().StartWith("bgp malformed args: ");
        await IsAsBeforeAsync(before);
    }

    /// <summary>The command line ends with 1 and exactly these problems, a line each, and nothing of it is done.</summary>
    internal async Task RefusesLineAsync(string[] words, string text, params string[] problems)
    {
        var before = await ReadAsync();

        var (exitCode, output, error) = Run(words);

        exitCode.Should().Be(1, error);
        output.Should().BeEmpty();
        var lines = error.TrimEnd('\n').Split('\n');
        lines[0].Should().Be(Loxictl + text);
        lines[1..].Select(static line => line.Trim()).Should().BeEquivalentTo(problems, error);
        await IsAsBeforeAsync(before);
    }

    /// <summary>The command line ends with 2, names all that is wrong with it, and sends nothing.</summary>
    internal async Task FailsLineAsync(string[] words, params string[] messages)
    {
        var before = await ReadAsync();

        var (exitCode, _, error) = Run(words);

        exitCode.Should().Be(2, error);
        error["loxictl: ".Length..].TrimEnd('\n').Split('\n').Select(static said => said.Trim()).Where(static said => !said.StartsWith("see: loxictl ", StringComparison.Ordinal)).Should().BeEquivalentTo(messages, error);
        await IsAsBeforeAsync(before);
    }

    internal (int ExitCode, string Output, string Error) Run(params string[] words) => Scenario.Lab.Node.TryExec(LabPrograms.Cli, words);

    /// <summary>All that was configured, as REST shows it and as it is on disk.</summary>
    internal async Task<List<string>> ReadAsync()
    {
        List<string> seen = [];
        string[] paths =
        [
            "/global", "/neigh/all", "/dynamicneigh/all", "/policy/definitions/all",
            .. Kinds.Select(static kind => $"/policy/definedsets/{kind}/all"),
        ];
        foreach (var path in paths)
        {
            var answer = JsonNode.Parse((await Scenario.SendAsync(HttpMethod.Get, Root + path)).Body)!;
            foreach (var peer in answer["bgpNeiAttr"]?.AsArray() ?? [])
            {
                peer!.AsObject().Remove("updowntime").Should().BeTrue();
            }

            seen.Add($"{path}: {answer.ToJsonString()}");
        }

        seen.Add(await File.ReadAllTextAsync(Path.Combine(Scenario.StateDirectory, "bgp.json"), Cancellation));
        return seen;
    }

    /// <summary>The session is the first one still.</summary>
    internal async Task<bool> IsUpAsync() => (await Scenario.Api.ListBgpPeersAsync(Cancellation)).Any(static peer => peer is { Address: Peer, State: "established", Counters.Established: 1 });

    private async Task IsAsBeforeAsync(List<string> before)
    {
        (await ReadAsync()).Should().Equal(before);
        (await IsUpAsync()).Should().BeTrue("a request that is refused touches no session");
        Scenario.Daemon.HasExited.Should().BeFalse();
    }
}
