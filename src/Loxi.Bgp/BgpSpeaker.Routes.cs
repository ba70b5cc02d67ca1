using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Loxi.Bgp.Rib;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp;

/// <content>Listings of routes.</content>
public sealed partial class BgpSpeaker
{
    private const int MostRoutes = 100_000;
    private const int CursorLength = 1 + 1 + 16 + 2 + 4;

    /// <summary>Reads a page of routes, by family, prefix, peer and path identifier. The RIB is read under its lock: a page, not the table.</summary>
    /// <param name="query">Which routes.</param>
    /// <returns>The page; empty when the query names a peer that is not there.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="query"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit is out of range.</exception>
    /// <exception cref="ArgumentException">Advertised routes are asked for without a peer.</exception>
    /// <exception cref="FormatException"><see cref="BgpRouteQuery.After"/> is not the end of a page.</exception>
    public BgpRoutePage ReadRoutes(BgpRouteQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, MostRoutes, nameof(query));
        var after = query.After is null ? (RibCursor?)null : ParseCursor(query.After);
        RibPeer? peer = null;
        if (query.Peer is { } key)
        {
            if (!_peers.TryGetValue(key, out var found))
            {
                return new BgpRoutePage([], null);
            }

            peer = found.Rib.Peer;
        }
        else if (query.Kind == BgpRouteKind.Advertised)
        {
            throw new ArgumentException("Advertised routes are those to one peer: the query names none.", nameof(query));
        }

        return _rib is { } rib ? Read(rib, query, peer, after) : new BgpRoutePage([], null);
    }

    private BgpRoutePage Read(SharedRib rib, BgpRouteQuery query, RibPeer? peer, RibCursor? after)
    {
        var keys = _peers.Values.ToDictionary(static p => p.Rib.Peer, static p => p.Key);
        var within = query.Within is { } network ? PrefixOf(network) : (Prefix?)null;
        var routes = ImmutableArray.CreateBuilder<BgpRoute>();
        foreach (var family in Enum.GetValues<BgpFamily>())
        {
            if ((query.Family ?? family) != family || (within?.Family ?? family) != family || (after?.Prefix.Family ?? family) > family)
            {
                continue;
            }

            RibQuery one = new((RibRouteKind)query.Kind, family)
            {
                Peer = peer,
                Within = within,
                Limit = query.Limit - routes.Count,
                After = after?.Prefix.Family == family ? after : null,
            };
            if (one.Limit == 0)
            {
                // Full by the family before: the next page begins with this one.
                return new BgpRoutePage(routes.DrainToImmutable(), WriteCursor(new RibCursor(new Prefix(family, 0, 0), 0, 0)));
            }

            var page = rib.Use(r => r.List(one));
            routes.AddRange(page.Routes.Select(route => Describe(route, keys)));
            if (page.Next is { } next)
            {
                return new BgpRoutePage(routes.DrainToImmutable(), WriteCursor(next));
            }
        }

        return new BgpRoutePage(routes.DrainToImmutable(), null);
    }

    private static BgpRoute Describe(RibRoute route, Dictionary<RibPeer, BgpPeerKey> keys)
    {
        var attributes = route.Block;
        return new BgpRoute(RouteText.ToNetwork(route.Prefix))
        {
            Peer = route.Peer is { } peer ? keys.GetValueOrDefault(peer) : null,
            PathId = route.PathId,
            NextHop = route.NextHop.Kind == NextHopKind.None ? null : route.NextHop.ToIPAddress(),
            AsPath = attributes.AsPath.ToString(),
            Origin = attributes.Origin,
            Med = attributes.Med,
            LocalPreference = attributes.LocalPreference,
            Communities = ToArray(attributes.Communities),
            ExtendedCommunities = ToArray(attributes.ExtendedCommunities),
            LargeCommunities = ToArray(attributes.LargeCommunities),
            IsBest = route.IsBest,
            IsMultipath = route.IsMultipath,
            IsStale = route.IsStale,
            Rejection = route.Rejection == RouteRejection.None ? null : NameOf(route.Rejection.ToString()),
        };
    }

    private static ImmutableArray<uint> ToArray(CommunityList list)
    {
        var values = ImmutableArray.CreateBuilder<uint>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            values.Add(list[i]);
        }

        return values.DrainToImmutable();
    }

    private static ImmutableArray<ulong> ToArray(ExtendedCommunityList list)
    {
        var values = ImmutableArray.CreateBuilder<ulong>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            values.Add(list[i]);
        }

        return values.DrainToImmutable();
    }

    private static ImmutableArray<BgpLargeCommunity> ToArray(LargeCommunityList list)
    {
        var values = ImmutableArray.CreateBuilder<BgpLargeCommunity>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            values.Add(list[i]);
        }

        return values.DrainToImmutable();
    }

    private static Prefix PrefixOf(IPNetwork network)
        => Prefix.Create(network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? BgpFamily.Ipv4Unicast : BgpFamily.Ipv6Unicast, (byte)network.PrefixLength, NextHop.Bits(network.BaseAddress));

    private static string WriteCursor(in RibCursor cursor)
    {
        Span<byte> bytes = stackalloc byte[CursorLength];
        bytes[0] = (byte)cursor.Prefix.Family;
        bytes[1] = cursor.Prefix.Length;
        BinaryPrimitives.WriteUInt128BigEndian(bytes[2..], cursor.Prefix.Bits);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[18..], cursor.Peer);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[20..], cursor.PathId);
        return Base64Url.EncodeToString(bytes);
    }

    private static RibCursor ParseCursor(string text)
    {
        Span<byte> bytes = stackalloc byte[CursorLength];
        if (text.Length != Base64Url.GetEncodedLength(CursorLength) || !Base64Url.TryDecodeFromChars(text, bytes, out _) || bytes[0] > (byte)BgpFamily.Ipv6Unicast
            || bytes[1] > Prefix.Width((BgpFamily)bytes[0]))
        {
            throw new FormatException($"after: value '{(text.Length > 64 ? text[..64] : text)}', expected the 'next' of an earlier page");
        }

        return new RibCursor(Prefix.Create((BgpFamily)bytes[0], bytes[1], BinaryPrimitives.ReadUInt128BigEndian(bytes[2..])), BinaryPrimitives.ReadUInt16BigEndian(bytes[18..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]));
    }

    /// <summary><c>FirstAs</c> as <c>first-as</c>.</summary>
    private static string NameOf(string name) => string.Concat(name.Select(static (c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
}
