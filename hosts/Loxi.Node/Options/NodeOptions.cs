using System.Collections.Immutable;
using System.Net;
using Loxi.Core.Services;
using Loxi.Node.Bgp;
using Microsoft.Extensions.Logging;

namespace Loxi.Node.Options;

/// <summary>What the command line of <c>loxid</c> says.</summary>
internal sealed record NodeOptions
{
    public const int DefaultPort = 11111;

    public const string DefaultInstance = "default";

    public static readonly TimeSpan DefaultBgpDrain = TimeSpan.FromSeconds(1);

    /// <summary>Address of the REST API; null = loopback, or every address when <see cref="ApiAllow"/> is not empty.</summary>
    public IPAddress? Host { get; init; }

    /// <summary>Port of the REST API.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Sources beside loopback that may use the REST API.</summary>
    public ImmutableArray<IPNetwork> ApiAllow { get; init; } = [];

    /// <summary>Where the data plane attaches.</summary>
    public HookSelection Hook { get; init; } = HookSelection.Auto;

    /// <summary>Which interfaces are used.</summary>
    public InterfaceFilter Interfaces { get; init; } = InterfaceFilter.Default;

    /// <summary>Name of the instance.</summary>
    public string Instance { get; init; } = DefaultInstance;

    /// <summary>Directory of the state file; default <c>/var/lib/loxi/INSTANCE</c>.</summary>
    public string StateDirectory { get; init; } = "/var/lib/loxi/default";

    /// <summary>Directory of the pinned objects, on a bpffs; default <c>/sys/fs/bpf/loxi/INSTANCE</c>.</summary>
    public string PinDirectory { get; init; } = "/sys/fs/bpf/loxi/default";

    /// <summary>Whether sysctls are left alone and only checked.</summary>
    public bool NoSysctl { get; init; }

    /// <summary>When everything is removed.</summary>
    public PurgeMode Purge { get; init; }

    /// <summary>Seed of the hash selection; null = the published constant.</summary>
    public ulong? HashSeed { get; init; }

    /// <summary>Connections that the table holds; null = as many as suit the machine.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Whether what leaves through the interfaces is balanced too: for clients and endpoints on the node itself.</summary>
    public bool EgressHooks { get; init; }

    /// <summary>The source ports that the node gives.</summary>
    public PortSlice PortSlice { get; init; } = PortSlice.Whole;

    /// <summary>The BFD session of <c>--ka</c>; null = none.</summary>
    public KeepAlive? KeepAlive { get; init; }

    /// <summary>Priority of BFD in the real-time class, 1 to 99; 0 = the ordinary class.</summary>
    public int BfdPriority { get; init; }

    /// <summary>The nodes that share addresses.</summary>
    public HaOptions Ha { get; init; } = new();

    /// <summary>Whether the pin of the node shall be printed, and nothing else done.</summary>
    public bool ShowPin { get; init; }

    /// <summary>Whether the node speaks BGP.</summary>
    public bool Bgp { get; init; }

    /// <summary>Whether routes that BGP learns are put into the kernel.</summary>
    public bool BgpInstallRoutes { get; init; }

    /// <summary>What the BGP speaker is where nobody says it by REST.</summary>
    public BgpDefaults BgpDefaults { get; init; } = new();

    /// <summary>How long routers have to look for other ways before addresses are taken back.</summary>
    public TimeSpan BgpDrain { get; init; } = DefaultBgpDrain;

    /// <summary>What routers are told when the node stops.</summary>
    public BgpStopMode BgpStop { get; init; }

    /// <summary>How addresses are announced.</summary>
    public AnnouncementOptions Announcements { get; init; } = AnnouncementOptions.Default;

    /// <summary>The level below which nothing is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>The addresses that the REST API listens on.</summary>
    public ImmutableArray<IPAddress> ListenAddresses =>
        Host is not null ? [Host] : ApiAllow.IsEmpty ? [IPAddress.Loopback] : [IPAddress.IPv6Any];
}
