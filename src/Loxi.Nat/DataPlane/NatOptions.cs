using Loxi.Nat.Selection;

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
    }

    private static void Require(uint value, uint least, uint most, string name)
    {
        if (value < least || value > most)
        {
            throw new ArgumentException($"{name} is {value}, expected {least} to {most}.", name);
        }
    }
}
