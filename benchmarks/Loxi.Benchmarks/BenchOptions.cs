using System.Globalization;
using Loxi.Benchmarks.Packets;

namespace Loxi.Benchmarks;

/// <summary>The command line.</summary>
internal sealed record BenchOptions
{
    internal const string Usage = """
        usage: loxi-bench [packets|tables|connections|e2e|node|bfd|bgp|ha|all] [options]
          --rounds N       rounds, every one measures everything once (default 7)
          --json FILE      every sample of every round
          --repeat N       packets of a measurement (default 2000000)
          --cpu N          CPU that packets are measured on (default 1, or 0 when there is one only)
          --hooks LIST     tc,xdp (default both)
          --flows LIST     flows in the table (default 1,100000,1000000); of tables: entries, the largest of them
          --modes LIST     NAT modes beside destination NAT: names as in the rows, separated by semicolons, or none (default all)
          --seconds N      length of an end-to-end load, half of the time that a node is watched idle, the time that BFD sessions are watched (default 5)
          --bfd LIST       detection,load,flaps,busy (default the first two): how soon a silent peer is noticed; CPU; flaps beside BIRD's; which interval holds beside busy loops
          --bgp LIST       feeds,vips,steady,hold (default all): tables taken and passed on; own VIPs announced; memory for what changes nothing; a hold time of 3 s beside busy loops for --seconds
          --ha LIST        announce,failover,sync,moves,load,hold (default the first four): a thousand VIPs announced when a role is taken; the failover of one beside keepalived;
                           connections that two nodes keep alike, beside conntrackd; planned moves of 10,000 of them; a pair under load for --seconds;
                           the most of --flows kept alike for --seconds
          --kills N        kills of the node that has a VIP in a round (default 15)
          --peers LIST     direct,nftables,haproxy,loxi (default all; loxi needs a built loxid)
          --loxid FILE     the node's program (default: the one of the build)
        """;

    internal bool Packets { get; init; } = true;

    internal bool FlowTables { get; init; } = true;

    internal bool EndToEnd { get; init; } = true;

    internal bool Node { get; init; } = true;

    internal bool Connections { get; init; } = true;

    internal bool Bfd { get; init; } = true;

    internal bool Bgp { get; init; } = true;

    internal bool Ha { get; init; } = true;

    internal int Rounds { get; init; } = 7;

    internal string? Json { get; init; }

    internal int Repeat { get; init; } = 2_000_000;

    internal int Cpu { get; init; } = Math.Min(1, Environment.ProcessorCount - 1);

    internal IReadOnlyList<Hook> Hooks { get; init; } = [Hook.Tc, Hook.Xdp];

    internal IReadOnlyList<uint> Flows { get; init; } = [1, 100_000, 1_000_000];

    internal IReadOnlyList<string> Modes { get; init; } = AllModes;

    internal int Seconds { get; init; } = 5;

    internal int Kills { get; init; } = 15;

    internal IReadOnlyList<string> BfdParts { get; init; } = ["detection", "load"];

    internal IReadOnlyList<string> BgpParts { get; init; } = ["feeds", "vips", "steady", "hold"];

    internal IReadOnlyList<string> HaParts { get; init; } = ["announce", "failover", "sync", "moves"];

    internal IReadOnlyList<string> Peers { get; init; } = ["direct", "nftables", "haproxy", "loxi"];

    internal string? Loxid { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="FormatException">An argument is not known or has no fitting value.</exception>
    internal static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        BenchOptions options = new();
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            options = name switch
            {
                "packets" => Only(options) with { Packets = true },
                "tables" => Only(options) with { FlowTables = true },
                "connections" => Only(options) with { Connections = true },
                "e2e" => Only(options) with { EndToEnd = true },
                "node" => Only(options) with { Node = true },
                "bfd" => Only(options) with { Bfd = true },
                "bgp" => Only(options) with { Bgp = true },
                "ha" => Only(options) with { Ha = true },
                "all" => options,
                _ => options.With(name, ++i < arguments.Count ? arguments[i] : throw new FormatException($"{name}: expected a value")),
            };
        }

        return options;
    }

    private static string[] AllModes => [.. BalancedService.Modes.Select(mode => mode.Name)];

    private BenchOptions With(string name, string value) => name switch
    {
        "--rounds" => this with { Rounds = Number(name, value, 1, 1000) },
        "--json" => this with { Json = value },
        "--repeat" => this with { Repeat = Number(name, value, 1000, 100_000_000) },
        "--cpu" => this with { Cpu = Number(name, value, 0, Environment.ProcessorCount - 1) },
        "--hooks" => this with { Hooks = [.. value.Split(',').Select(hook => hook switch { "tc" => Hook.Tc, "xdp" => Hook.Xdp, _ => throw Unknown(name, hook, "tc, xdp") })] },
        "--flows" => this with { Flows = [.. value.Split(',').Select(flows => (uint)Number(name, flows, 1, 10_000_000))] },
        "--modes" => this with { Modes = value == "none" ? [] : [.. value.Split(';').Select(mode => AllModes.Contains(mode) ? mode : throw Unknown(name, mode, string.Join("; ", AllModes)))] },
        "--seconds" => this with { Seconds = Number(name, value, 1, 3600) },
        "--kills" => this with { Kills = Number(name, value, 1, 10_000) },
        "--bfd" => this with { BfdParts = [.. value.Split(',').Select(part => part is "detection" or "load" or "flaps" or "busy" ? part : throw Unknown(name, part, "detection, load, flaps, busy"))] },
        "--bgp" => this with { BgpParts = [.. value.Split(',').Select(part => part is "feeds" or "vips" or "steady" or "hold" ? part : throw Unknown(name, part, "feeds, vips, steady, hold"))] },
        "--ha" => this with { HaParts = [.. value.Split(',').Select(part => HaPart(name, part))] },
        "--peers" => this with { Peers = [.. value.Split(',').Select(peer => Peer(name, peer))] },
        "--loxid" => this with { Loxid = value },
        _ => throw new FormatException($"{name}: not an option"),
    };

    private static string Peer(string name, string value)
        => value is "direct" or "nftables" or "haproxy" or "loxi" ? value : throw Unknown(name, value, "direct, nftables, haproxy, loxi");

    private static string HaPart(string name, string value)
        => value is "announce" or "failover" or "sync" or "moves" or "load" or "hold" ? value : throw Unknown(name, value, "announce, failover, sync, moves, load, hold");

    private static int Number(string name, string value, int min, int max)
        => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw Unknown(name, value, string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"));

    private static FormatException Unknown(string name, string value, string expected) => new($"{name} '{value}': expected {expected}");

    private static BenchOptions Only(BenchOptions options) => options with { Packets = false, FlowTables = false, Connections = false, EndToEnd = false, Node = false, Bfd = false, Bgp = false, Ha = false };
}
