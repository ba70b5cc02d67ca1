using System.Collections.Immutable;
using System.Net;
using System.Text;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Bgp;
using Loxi.Bgp.Policy;
using Loxi.Core;

namespace Loxi.Node.Bgp;

/// <summary>Reads what the wire says about a peer, over the one that is there, and collects every problem. Pure.</summary>
internal sealed partial class BgpReader
{
    public const string AnAddress = "an IPv4 or IPv6 address";
    public const int LongestText = 255;

    /// <summary>TTL to a peer that is said to be several hops away, as in loxilb.</summary>
    public const int MultihopTtl = 8;

    private readonly List<Problem> _problems = [];

    /// <summary>Reads a peer. Of one that is in the model, what is absent stays as it is.</summary>
    /// <returns>The peer; null when there are problems.</returns>
    public static ConfiguredPeer? ReadPeer(BgpNeighborArguments wire, BgpModel model, Func<BgpPeerSettings, bool> isSelf, out ImmutableArray<Problem> problems)
    {
        var reader = new BgpReader();
        var peer = reader.Read(wire, model, isSelf);
        problems = [.. reader._problems];
        return problems.IsEmpty ? peer : null;
    }

    /// <summary>What is wrong with a text for a peer (RFC 9003 2); null when nothing is.</summary>
    public static Problem? CheckText(string field, string? text) => text is not null && Encoding.UTF8.GetByteCount(text) is > LongestText and var length
        ? Problem.Of(field, $"{length} bytes", $"at most {LongestText} bytes of text") : null;

    private ConfiguredPeer? Read(BgpNeighborArguments wire, BgpModel model, Func<BgpPeerSettings, bool> isSelf)
    {
        if (!AddressText.TryParse(wire.IPAddress, out var address))
        {
            _problems.Add(Problem.Of(BgpWireFields.IPAddress, wire.IPAddress, AnAddress));
        }

        var there = address is null ? null : model.Find(new BgpSelector(address, wire.Interface ?? ""));
        // A peer that cannot be read must not keep the rest from being looked at.
        var before = there?.Settings ?? new BgpPeerSettings(address ?? IPAddress.Parse("192.0.2.1"), 0);
        var settings = ReadSettings(wire, before, there?.Settings, model, out var remoteAs);
        if (CheckText(BgpWireFields.ShutdownText, wire.ShutdownText) is { } text)
        {
            _problems.Add(text);
        }

        if (address is not null && isSelf(settings))
        {
            _problems.Add(Problem.Of(BgpWireFields.IPAddress, wire.IPAddress, BgpModel.AnotherAddress));
        }

        Merge(BgpConfigurationValidator.Validate(settings, model.Speaker?.LocalAs ?? 0)
            .Where(p => (remoteAs is not null || p.Field != BgpFields.RemoteAs) && (address is not null || p.Field != BgpFields.LocalAddress)).Select(BgpWireFields.OnWire));
        return new ConfiguredPeer(settings) { NextHopSelf = wire.NextHopSelf ?? there?.NextHopSelf };
    }

    private BgpPeerSettings ReadSettings(BgpNeighborArguments wire, BgpPeerSettings before, BgpPeerSettings? there, BgpModel model, out uint? remoteAs)
    {
        remoteAs = ReadRemoteAs(wire.RemoteAs, there);
        var settings = ReadConnection(wire, ReadTimers(wire, ReadRoutes(wire, before with { RemoteAs = remoteAs ?? before.RemoteAs })));
        Merge(BgpPolicyValidator.ValidateNames(settings.ImportPolicies, model.Policies, BgpFields.ImportPolicies));
        Merge(BgpPolicyValidator.ValidateNames(settings.ExportPolicies, model.Policies, BgpFields.ExportPolicies));
        return settings;
    }

    private uint? ReadRemoteAs(long? wire, BgpPeerSettings? there)
    {
        const string AnAs = "1 to 4294967295, not 23456";
        if (wire is null or 0)
        {
            if (there is null)
            {
                _problems.Add(Problem.Of(BgpFields.RemoteAs, wire is null ? "null" : "0", AnAs + " for a new peer"));
            }

            return there?.RemoteAs;
        }

        return InRange(BgpFields.RemoteAs, wire.Value, 1, uint.MaxValue, AnAs) ? (uint)wire : null;
    }

    private BgpPeerSettings ReadConnection(BgpNeighborArguments wire, BgpPeerSettings before) => before with
    {
        RemotePort = (int)Number(BgpFields.RemotePort, wire.RemotePort, 1, ushort.MaxValue, before.RemotePort, before.RemotePort),
        Description = wire.Description ?? before.Description,
        LocalAddress = wire.LocalAddress is null ? before.LocalAddress : wire.LocalAddress.Length == 0 ? null : ReadAddress(BgpFields.LocalAddress, wire.LocalAddress),
        Interface = wire.Interface is null ? before.Interface : wire.Interface.Length == 0 ? null : wire.Interface,
        RouterAdvertisements = wire.RouterAdvertisements ?? before.RouterAdvertisements,
        LocalAs = (uint?)OrNone(BgpFields.LocalAs, wire.LocalAs, 1, uint.MaxValue, before.LocalAs),
        Families = ReadFamilies(wire.Families, before.Families),
        Passive = wire.Passive ?? before.Passive,
        AdministrativelyDown = wire.Shutdown ?? before.AdministrativelyDown,
        MultihopTtl = ReadTtl(wire, before.MultihopTtl),
        GtsmHops = (int?)OrNone(BgpFields.GtsmHops, wire.GtsmHops, 1, 254, before.GtsmHops),
        Md5Password = wire.Password is null ? before.Md5Password : wire.Password.Length == 0 ? null : wire.Password,
        TcpAo = ReadTcpAo(wire.TcpAo, before.TcpAo),
        ExtendedMessages = wire.ExtendedMessages ?? before.ExtendedMessages,
        IsClusterMember = wire.ClusterMember ?? before.IsClusterMember,
        Bfd = Word<BgpBfdMode>(BgpFields.Bfd, wire.Bfd, BgpNames.TryParseBfd, BgpNames.ExpectedBfd, before.Bfd),
    };

    private int ReadTtl(BgpNeighborArguments wire, int before)
    {
        var ttl = (int)Number(BgpFields.MultihopTtl, wire.MultihopTtl, 1, 255, before, 1);
        if (wire.SetMultiHop is not { } multihop)
        {
            return ttl;
        }

        if (wire.MultihopTtl is not null && multihop != ttl > 1)
        {
            _problems.Add(Problem.Of(BgpWireFields.SetMultiHop, multihop ? "true" : "false", $"{(multihop ? "false" : "true")} with {BgpFields.MultihopTtl} {ttl}"));
        }

        return !multihop ? 1 : ttl > 1 ? ttl : MultihopTtl;
    }

    private ImmutableArray<BgpFamily> ReadFamilies(IReadOnlyList<string?>? wire, ImmutableArray<BgpFamily> before)
    {
        if (wire is null)
        {
            return before;
        }

        if (wire.Count == 0)
        {
            return [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast];
        }

        var families = ImmutableArray.CreateBuilder<BgpFamily>();
        foreach (var (index, name) in wire.Index())
        {
            if (!BgpNames.TryParseFamily(name, out var family))
            {
                _problems.Add(Problem.Of($"{BgpFields.Families}[{index}]", name, BgpNames.ExpectedFamily));
            }

            families.Add(family);
        }

        // What is no family was told; the order means nothing.
        return families.Count == wire.Count && _problems.Exists(static p => p.Field.StartsWith(BgpFields.Families, StringComparison.Ordinal)) ? before : [.. families.Order()];
    }

    private BgpPeerSettings ReadRoutes(BgpNeighborArguments wire, BgpPeerSettings before) => before with
    {
        GracefulRestart = wire.GracefulRestart ?? before.GracefulRestart,
        LongLivedStaleTime = SecondsOrNone(BgpFields.LongLivedStaleTime, wire.LongLivedStaleTime, 1, 16_777_215, before.LongLivedStaleTime),
        AddPathReceive = wire.AddPathReceive ?? before.AddPathReceive,
        AddPathSend = (int)Number(BgpFields.AddPathSend, wire.AddPathSend, 1, 64, before.AddPathSend, 1),
        Role = Word<BgpRole?>(BgpFields.Role, wire.Role, BgpNames.TryParseRole, BgpNames.ExpectedRole, before.Role),
        RoleStrict = wire.RoleStrict ?? (before.RoleStrict && wire.Role != "none"),
        EnforceFirstAs = wire.EnforceFirstAs ?? before.EnforceFirstAs,
        AllowOwnAs = (int)Number(BgpFields.AllowOwnAs, wire.AllowOwnAs, 1, 10, before.AllowOwnAs, 0),
        Ipv4OverIpv6NextHop = wire.Ipv4OverIpv6NextHop ?? before.Ipv4OverIpv6NextHop,
        PrefixLimit = (int?)OrNone(BgpFields.PrefixLimit, wire.PrefixLimit, 1, 10_000_000, before.PrefixLimit),
        PrefixWarningPercent = (int)Number(BgpFields.PrefixWarningPercent, wire.PrefixWarningPercent, 1, 100, before.PrefixWarningPercent, 75),
        PrefixLimitRestart = SecondsOrNone(BgpFields.PrefixLimitRestart, wire.PrefixLimitRestart, 1, 86_400, before.PrefixLimitRestart),
        ImportPolicies = Names(BgpFields.ImportPolicies, wire.ImportPolicies, before.ImportPolicies),
        ImportDefaultAccept = Word<bool?>(BgpWireFields.ImportDefault, wire.ImportDefault, BgpNames.TryParseDecision, BgpNames.ExpectedDecision, before.ImportDefaultAccept),
        ExportPolicies = Names(BgpFields.ExportPolicies, wire.ExportPolicies, before.ExportPolicies),
        ExportDefaultAccept = Word<bool?>(BgpWireFields.ExportDefault, wire.ExportDefault, BgpNames.TryParseDecision, BgpNames.ExpectedDecision, before.ExportDefaultAccept),
    };
}
