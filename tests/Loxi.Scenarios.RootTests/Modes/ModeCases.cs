using System.Globalization;
using Loxi.TestKit.Topology;

namespace Loxi.Scenarios.RootTests.Modes;

/// <summary>Every mode in every combination of families that it has.</summary>
internal static class ModeCases
{
    public const string Pool = "out";
    private const string FromVip = "the VIP";
    private const string PrivateV4 = "198.18.4.1";
    private const string PrivateV6 = "2001:db8:44::1";

    private const long OneArm = 1;
    private const long FullNat = 2;
    private const long Dsr = 3;
    private const long HostOneArm = 5;
    private const long Hash = 1;

    /// <summary>Addresses of the pool, of both families.</summary>
    public static IReadOnlyList<string> PoolAddresses { get; } = ["198.18.5.1", "198.18.5.2", "2001:db8:55::1", "2001:db8:55::2"];

    public static IReadOnlyList<ModeCase> All { get; } = [.. Table().Select(WithVip)];

    public static ModeCase Get(string name) => All.Single(one => one.Name == name);

    private static ModeCase[] Table() =>
    [
        New("default", 4, 4, 0),
        New("default", 6, 6, 0),
        New("default", 6, 4, 0) with { Sources = [StandardLab.NodeEndpointV4] },
        New("default", 4, 6, 0) with { Sources = [StandardLab.NodeEndpointV6] },
        New("onearm", 4, 4, OneArm) with { Sources = [StandardLab.NodeEndpointV4] },
        New("onearm", 6, 6, OneArm) with { Sources = [StandardLab.NodeEndpointV6] },
        New("onearm", 6, 4, OneArm) with { Sources = [StandardLab.NodeEndpointV4] },
        New("onearm", 4, 6, OneArm) with { Sources = [StandardLab.NodeEndpointV6] },
        New("fullnat", 4, 4, FullNat) with { Sources = [FromVip] },
        New("fullnat", 6, 6, FullNat) with { Sources = [FromVip] },
        New("fullnat-private", 4, 4, FullNat) with { PrivateIP = PrivateV4, Sources = [PrivateV4] },
        New("fullnat-private", 6, 4, FullNat) with { PrivateIP = PrivateV4, Sources = [PrivateV4] },
        New("fullnat-private", 4, 6, FullNat) with { PrivateIP = PrivateV6, Sources = [PrivateV6] },
        New("pool", 4, 4, OneArm) with { Pool = Pool, Sources = PoolOf(4) },
        New("pool", 6, 6, FullNat) with { Pool = Pool, Sources = PoolOf(6) },
        New("pool", 6, 4, 0) with { Pool = Pool, Sources = PoolOf(4) },
        Host("hostonearm", 4, StandardLab.NodeClientV4, "0.0.0.0", StandardLab.NodeEndpointV4),
        Host("hostonearm", 6, StandardLab.NodeClientV6, "::", StandardLab.NodeEndpointV6),
        Direct("dsr-link", 4, 4, ModeEndpoints.OnLink, tunnelled: false),
        Direct("dsr-link", 6, 6, ModeEndpoints.OnLink, tunnelled: false),
        Direct("dsr-tunnel", 4, 4, ModeEndpoints.Tunnelled, tunnelled: true) with { Tunnel = "ipip" },
        Direct("dsr-tunnel", 6, 6, ModeEndpoints.Tunnelled, tunnelled: true) with { Tunnel = "ipip" },
        Direct("dsr-tunnel", 4, 6, ModeEndpoints.Tunnelled, tunnelled: true),
        Direct("dsr-tunnel", 6, 4, ModeEndpoints.Tunnelled, tunnelled: true),
        Direct("dsr-routed", 4, 4, ModeEndpoints.Routed, tunnelled: true),
        Direct("dsr-routed", 6, 6, ModeEndpoints.Routed, tunnelled: true),
    ];

    private static ModeCase New(string name, int client, int endpoint, long mode)
    {
        var full = string.Create(CultureInfo.InvariantCulture, $"{name}-{client}to{endpoint}");
        return new ModeCase { Name = full, Vip = client == 4 ? "0.0.0.0" : "::", Mode = mode, EndpointFamily = endpoint };
    }

    /// <summary>Each has a VIP of its own, so that no two share the ends of a connection.</summary>
    private static ModeCase WithVip(ModeCase one, int index)
    {
        if (one.ServiceAddress is not null)
        {
            return one;
        }

        var vip = string.Create(CultureInfo.InvariantCulture, $"{(one.IsV6 ? "2001:db8:113::" : "203.0.113.")}{20 + index}");
        return one with { Vip = vip, Sources = [.. one.Sources.Select(source => source == FromVip ? vip : source)] };
    }

    /// <summary>On ports of its own: the service has every address of the node.</summary>
    private static ModeCase Host(string name, int family, string address, string any, string source) => New(name, family, family, HostOneArm) with
    {
        Vip = address,
        ServiceAddress = any,
        Sources = [source],
        TcpPort = 8080,
        UdpPort = 8053,
        HasIcmp = false,
    };

    private static ModeCase Direct(string name, int client, int endpoint, ModeEndpoints endpoints, bool tunnelled) => New(name, client, endpoint, Dsr) with
    {
        Selection = Hash,
        Endpoints = endpoints,
        IsDirect = true,
        IsTunnelled = tunnelled,
    };

    private static string[] PoolOf(int family) => [.. PoolAddresses.Where(address => address.Contains(':', StringComparison.Ordinal) == (family == 6))];
}
