using System.Collections.Immutable;
using System.Net;
using Loxi.Api.Wire;
using Loxi.Bgp;

namespace Loxi.Node.Bgp;

/// <summary>Writes the configuration as <c>POST</c> takes it: what is as usual is left out.</summary>
internal static class BgpWire
{
    private static readonly BgpPeerSettings Usual = new(IPAddress.Loopback, 1);

    public static BgpGlobalArguments ToArguments(ConfiguredSpeaker speaker) => new()
    {
        LocalAs = speaker.LocalAs,
        RouterId = speaker.RouterId.ToString(),
        SetNextHopSelf = True(speaker.NextHopSelf),
        ListenPort = speaker.ListenPort,
        ListenAddresses = speaker.ListenAddresses.IsEmpty ? null : [.. speaker.ListenAddresses.Select(static a => a.ToString())],
        Passive = True(speaker.Passive),
        RestartTime = Unless(120, (long)speaker.RestartTime.TotalSeconds),
        MaximumPaths = Unless(8, speaker.MaximumPaths),
        BestPath = speaker.BestPath == new BgpBestPathSettings() ? null : new BgpBestPathArguments
        {
            IgnoreAsPathLength = True(speaker.BestPath.IgnoreAsPathLength),
            AlwaysCompareMed = True(speaker.BestPath.AlwaysCompareMed),
            MissingMedIsWorst = True(speaker.BestPath.MissingMedIsWorst),
            CompareRouterId = True(speaker.BestPath.CompareRouterId),
            MultipathAcrossAses = speaker.BestPath.MultipathAcrossAses ? null : false,
        },
    };

    /// <summary>The speaker as it is in force, with what the command line says.</summary>
    public static BgpGlobalArguments InForce(ConfiguredSpeaker speaker, BgpDefaults defaults)
    {
        var settings = speaker.ToSettings(defaults);
        return ToArguments(speaker) with
        {
            ListenPort = speaker.ListenPort ?? defaults.ListenPort,
            ListenAddresses = settings.ListenAddresses.IsEmpty ? null : [.. settings.ListenAddresses.Select(static a => a.ToString())],
            RestartTime = (long)speaker.RestartTime.TotalSeconds,
            MaximumPaths = speaker.MaximumPaths,
        };
    }

    /// <summary>All of a peer, for the state file with its password.</summary>
    public static BgpNeighborArguments ToArguments(ConfiguredPeer peer, bool withPassword)
        => ToArguments(peer.Settings, peer.NextHopSelf, withPassword) with { IPAddress = peer.Settings.Address.ToString().Split('%')[0] };

    /// <summary>All of an entry of dynamic neighbours, for the state file with its password.</summary>
    public static BgpDynamicNeighborArguments ToArguments(ConfiguredRange range, bool withPassword)
        => new(ToArguments(range.Settings, range.NextHopSelf, withPassword)) { Prefix = range.Network.ToString(), Limit = range.Limit };

    private static BgpNeighborArguments ToArguments(BgpPeerSettings s, bool? nextHopSelf, bool withPassword)
    {
        return new BgpNeighborArguments
        {
            RemoteAs = s.RemoteAs,
            RemotePort = Unless(179, s.RemotePort),
            SetMultiHop = True(s.MultihopTtl > 1),
            MultihopTtl = s.MultihopTtl is 1 or BgpReader.MultihopTtl ? null : s.MultihopTtl,
            Description = s.Description.Length == 0 ? null : s.Description,
            LocalAddress = s.LocalAddress?.ToString().Split('%')[0],
            Interface = s.Interface,
            RouterAdvertisements = True(s.RouterAdvertisements),
            LocalAs = s.LocalAs,
            Families = s.Families.SequenceEqual(Usual.Families) ? null : [.. s.Families.Select(BgpNames.Of)],
            Passive = True(s.Passive),
            Shutdown = True(s.AdministrativelyDown),
            GtsmHops = s.GtsmHops,
            Password = withPassword ? s.Md5Password : null,
            TcpAo = s.TcpAo is not { } key ? null : new BgpTcpAoArguments { KeyId = key.Id, Secret = withPassword ? key.Secret : null, Algorithm = BgpNames.Of(key.Algorithm) },
            HoldTime = Unless(90, Seconds(s.HoldTime)),
            Keepalive = Seconds(s.KeepaliveInterval),
            ConnectRetry = Unless(1_000, (long)s.ConnectRetryTime.TotalMilliseconds),
            ConnectRetryLimit = Unless(30_000, (long)s.ConnectRetryLimit.TotalMilliseconds),
            OpenHoldTime = Unless(240, Seconds(s.OpenHoldTime)),
            SendHoldTime = Seconds(s.SendHoldTime),
            GracefulRestart = True(s.GracefulRestart),
            LongLivedStaleTime = Seconds(s.LongLivedStaleTime),
            AddPathReceive = True(s.AddPathReceive),
            AddPathSend = Unless(1, s.AddPathSend),
            Role = s.Role is null ? null : BgpNames.Of(s.Role),
            RoleStrict = True(s.RoleStrict),
            EnforceFirstAs = s.EnforceFirstAs ? null : false,
            AllowOwnAs = Unless(0, s.AllowOwnAs),
            Ipv4OverIpv6NextHop = True(s.Ipv4OverIpv6NextHop),
            ExtendedMessages = s.ExtendedMessages ? null : false,
            PrefixLimit = s.PrefixLimit,
            PrefixWarningPercent = Unless(75, s.PrefixWarningPercent),
            PrefixLimitRestart = Seconds(s.PrefixLimitRestart),
            NextHopSelf = nextHopSelf,
            ClusterMember = True(s.IsClusterMember),
            ImportPolicies = NamesOf(s.ImportPolicies),
            ImportDefault = s.ImportDefaultAccept is null ? null : BgpNames.Of(s.ImportDefaultAccept),
            ExportPolicies = NamesOf(s.ExportPolicies),
            ExportDefault = s.ExportDefaultAccept is null ? null : BgpNames.Of(s.ExportDefaultAccept),
            Bfd = s.Bfd == BgpBfdMode.Off ? null : BgpNames.Of(s.Bfd),
        };
    }

    private static bool? True(bool value) => value ? true : null;

    private static long? Unless(long usual, long? value) => value == usual ? null : value;

    private static long? Seconds(TimeSpan? time) => (long?)time?.TotalSeconds;

    private static string[]? NamesOf(ImmutableArray<string> names) => names.IsEmpty ? null : [.. names];
}
