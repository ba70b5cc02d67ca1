using System.Globalization;
using System.Text.RegularExpressions;
using FluentAssertions;
using Loxi.TestKit.Scenarios;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>I12 on real nodes with keys: whatever is sent to the port of HELLO, at full speed and to both, changes no role and harms neither.</summary>
public sealed partial class ForgedHelloTests
{
    private const long MostMemory = 64 << 20;

    [Fact]
    public Task SomeForgeriesAndGarbage_ChangeNoRole() => FloodAsync(50_000);

    [Fact]
    [Trait("Suite", Suites.Matrix)]
    public Task F25_AMillionForgeriesAndGarbage_ChangeNoRole() => FloodAsync(1_000_000);

    private static async Task FloodAsync(int count)
    {
        // A file that only its owner reads.
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, $"1 {new string('a', 64)}\n", TestContext.Current.CancellationToken);
            await using var lab = await ScenarioLab.CreateAsync(new()
            {
                Kind = ScenarioKind.FlatL2,
                PeerLink = true,
                ControllerRoles = false,
                NodeFlags = index => [.. ScenarioLab.PeerFlags(index), $"--ha-keys={keys}", "--ha-priority=10"],
            });
            await lab.StartAsync();
            await FloodAsync(lab, count);
        }
        finally
        {
            File.Delete(keys);
        }
    }

    private static async Task FloodAsync(ScenarioLab lab, int count)
    {
        var flood = await HelloFlood.PrepareAsync(lab);
        var processes = lab.Nodes.Select(static node => node.Daemon).ToArray();
        var (before, rate) = (lab.Nodes.Select(Memory).ToArray(), 0.0);
        var result = await ScenarioRun.RunAsync(lab, new()
        {
            FaultName = string.Create(CultureInfo.InvariantCulture, $"{count} datagrams"),
            Before = TimeSpan.FromSeconds(1),
            After = TimeSpan.FromSeconds(3),
            AfterReturn = TimeSpan.FromSeconds(1),
            Connections = 40,
            Fault = async (_, _) => rate = await flood.SendAsync(count),
            End = static (_, _) => Task.CompletedTask,
        });

        var grown = lab.Nodes.Select((node, i) => Memory(node) - before[i]).ToArray();
        List<Dictionary<string, long>> discards = [];
        foreach (var node in lab.Nodes)
        {
            discards.Add(Discards(await node.ReadMetricsAsync()));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} datagrams of {flood.Kinds} kinds, {rate:f0} a second; memory grown by {string.Join(", ", grown.Select(static one => one >> 10))} KiB\n{string.Join('\n', discards.Select(static one => string.Join(", ", one)))}\n{result}"));

        flood.Kinds.Should().Be(13);
        result.Transitions.Should().Be(0);
        result.Shared.Should().Be(TimeSpan.Zero);
        result.Kept.Share.Should().Be(1, result.Kept.ToString());
        result.Datagrams.Changes.Should().OnlyContain(change => change.To == result.Victim);
        lab.Nodes.Select(static node => node.Daemon).Should().Equal(processes).And.OnlyContain(static process => !process.HasExited);
        grown.Should().OnlyContain(static one => one < MostMemory);
        foreach (var (node, counted) in lab.Nodes.Zip(discards))
        {
            counted.Keys.Should().Contain(["unknown_peer", "unknown_version", "wrong_authentication", "unknown_key", "not_authenticated", "replayed", "reflected"], node.Name);
            foreach (var alarm in new[] { "UnknownSender", "Malformed", "OtherVersion", "WrongAuthentication", "Replay" })
            {
                node.Daemon.Lines.Should().Contain(line => line.Contains($"HELLO {alarm}: ", StringComparison.Ordinal), node.Name);
            }

            node.Daemon.Lines.Count(static line => line.Contains("HELLO ", StringComparison.Ordinal)).Should().BeLessThan(600, "of each alarm one a second");
        }
    }

    private static long Memory(ScenarioNode node)
        => long.Parse(ResidentPattern().Match(File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{node.Daemon.Pid}/status"))).Groups[1].Value, CultureInfo.InvariantCulture) << 10;

    private static Dictionary<string, long> Discards(string metrics) => DiscardPattern().Matches(metrics)
        .Select(static match => (Reason: match.Groups[1].Value, Count: long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)))
        .Where(static one => one.Count > 0)
        .ToDictionary(static one => one.Reason, static one => one.Count);

    [GeneratedRegex(@"^VmRSS:\s+([0-9]+) kB", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ResidentPattern();

    [GeneratedRegex(@"^loxi_ha_discards_total\{.*reason=""(\w+)"".*\} ([0-9]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex DiscardPattern();
}
