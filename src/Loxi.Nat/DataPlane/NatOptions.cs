using Loxi.Core.Services;
using Loxi.Nat.Selection;
using Loxi.Nat.Tables;

namespace Loxi.Nat.DataPlane;

/// <summary>Where the data plane lives and how large its tables are. Sizes hold for new tables; tables that are adopted keep theirs.</summary>
public sealed record NatOptions
{
    /// <summary>Directory in a BPF file system where maps, programs and links are pinned; made when missing.</summary>
    /// <value>Example: <c>/sys/fs/bpf/loxi/default</c>.</value>
    public required string PinPath { get; init; }

    /// <summary>Connections per address family. Each takes two entries: 352 bytes of kernel memory for IPv4, 400 for IPv6, taken at start.</summary>
    /// <value>Default: 262,144; range 1,024 to 67,108,864.</value>
    public uint MaxConnections { get; init; } = 262_144;

    /// <summary>Services of both families together.</summary>
    /// <value>Default: 65,536; range 1 to 1,048,576.</value>
    public uint MaxServices { get; init; } = 65_536;

    /// <summary>Endpoints of all services together; an endpoint that two services share counts twice.</summary>
    /// <value>Default: 131,072; range 1 to 4,194,304.</value>
    public uint MaxEndpoints { get; init; } = 131_072;

    /// <summary>Clients that services with persist selection remember, of all of them together; when there are more, those that were longest without a new connection are forgotten.</summary>
    /// <value>Default: 131,072; range 1,024 to 16,777,216.</value>
    public uint MaxPersistent { get; init; } = 131_072;

    /// <summary>Source addresses of endpoints: endpoints that have the same ones share them.</summary>
    /// <value>Default: 65,536; range 1 to 4,194,304.</value>
    public uint MaxSources { get; init; } = 65_536;

    /// <summary>Prefixes of the port ranges of all services together; a range takes 1 to 30, fewest where it begins and ends at multiples of a power of two.</summary>
    /// <value>Default: 65,536; range 30 to 1,048,576.</value>
    public uint MaxRangePrefixes { get; init; } = Shared.MaxRanges;

    /// <summary>The source ports that this node gives. Nodes that share addresses need different slices.</summary>
    /// <value>Default: <see cref="PortSlice.Whole"/>.</value>
    public PortSlice PortSlice { get; init; } = PortSlice.Whole;

    /// <summary>Seed of the consistent hash. Nodes that shall choose alike need the same.</summary>
    /// <value>Default: <see cref="Maglev.DefaultSeed"/>.</value>
    public ulong HashSeed { get; init; } = Maglev.DefaultSeed;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it, the value and the range.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(PinPath);
        Require(MaxConnections, 1_024, 67_108_864, nameof(MaxConnections));
        Require(MaxServices, 1, 1_048_576, nameof(MaxServices));
        Require(MaxEndpoints, 1, 4_194_304, nameof(MaxEndpoints));
        Require(MaxPersistent, 1_024, 16_777_216, nameof(MaxPersistent));
        Require(MaxSources, 1, 4_194_304, nameof(MaxSources));
        Require(MaxRangePrefixes, PortRanges.MostPrefixes, 1_048_576, nameof(MaxRangePrefixes));
        if (!PortSlice.IsValid)
        {
            throw new ArgumentException($"PortSlice is {PortSlice}, expected an index from 0 below a count of 1 to {PortSlice.MaxCount}.", nameof(PortSlice));
        }
    }

    private static void Require(uint value, uint least, uint most, string name)
    {
        if (value < least || value > most)
        {
            throw new ArgumentException($"{name} is {value}, expected {least} to {most}.", name);
        }
    }
}
