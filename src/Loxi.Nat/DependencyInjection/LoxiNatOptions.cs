using System.ComponentModel.DataAnnotations;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Selection;

namespace Loxi.Nat.DependencyInjection;

/// <summary>The balancer of a container: <see cref="NatOptions"/> and the timeouts of connections, as options.</summary>
public sealed class LoxiNatOptions
{
    /// <summary>Directory in a BPF file system where maps, programs and links are pinned; made when missing.</summary>
    /// <value>Default: <c>/sys/fs/bpf/loxi/default</c>.</value>
    [Required]
    public string PinPath { get; set; } = "/sys/fs/bpf/loxi/default";

    /// <summary>Connections per address family.</summary>
    /// <value>Default: 262,144; range 1,024 to 67,108,864.</value>
    [Range(1_024, 67_108_864)]
    public int MaxConnections { get; set; } = 262_144;

    /// <summary>Services of both families together.</summary>
    /// <value>Default: 65,536; range 1 to 1,048,576.</value>
    [Range(1, 1_048_576)]
    public int MaxServices { get; set; } = 65_536;

    /// <summary>Endpoints of all services together.</summary>
    /// <value>Default: 131,072; range 1 to 4,194,304.</value>
    [Range(1, 4_194_304)]
    public int MaxEndpoints { get; set; } = 131_072;

    /// <summary>Clients that services with persist selection remember.</summary>
    /// <value>Default: 131,072; range 1,024 to 16,777,216.</value>
    [Range(1_024, 16_777_216)]
    public int MaxPersistent { get; set; } = 131_072;

    /// <summary>Source addresses of endpoints; endpoints that have the same share them.</summary>
    /// <value>Default: 65,536; range 1 to 4,194,304.</value>
    [Range(1, 4_194_304)]
    public int MaxSources { get; set; } = 65_536;

    /// <summary>Prefixes of the port ranges of all services together; a range takes 1 to 30.</summary>
    /// <value>Default: 65,536; range 30 to 1,048,576.</value>
    [Range(30, 1_048_576)]
    public int MaxRangePrefixes { get; set; } = 65_536;

    /// <summary>Seed of the consistent hash. Nodes that shall choose alike need the same.</summary>
    /// <value>Default: <see cref="Maglev.DefaultSeed"/>.</value>
    public ulong HashSeed { get; set; } = Maglev.DefaultSeed;

    /// <summary>The source ports that this node gives. Nodes that share addresses need different slices.</summary>
    /// <value>Default: <see cref="PortSlice.Whole"/>.</value>
    public PortSlice PortSlice { get; set; } = PortSlice.Whole;

    /// <summary>Silence after which connections end.</summary>
    /// <value>Default: those of the RFCs.</value>
    [Required]
    public ConnectionTimeouts Timeouts { get; set; } = new();

    internal NatOptions ToNatOptions() => new()
    {
        PinPath = PinPath,
        MaxConnections = (uint)MaxConnections,
        MaxServices = (uint)MaxServices,
        MaxEndpoints = (uint)MaxEndpoints,
        MaxPersistent = (uint)MaxPersistent,
        MaxSources = (uint)MaxSources,
        MaxRangePrefixes = (uint)MaxRangePrefixes,
        HashSeed = HashSeed,
        PortSlice = PortSlice,
    };
}
