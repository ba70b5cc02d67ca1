using System.Globalization;
using System.Net;
using System.Text.Json;
using Loxi.Bgp;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bgp;

internal sealed partial class GoBgp
{
    // State numbers of its API, from 1 on.
    private static readonly string[] States = ["Unknown", "Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established"];

    public override PeerSessionView? ReadSession(IPAddress neighbour)
    {
        foreach (var session in _gobgp.AskJson("neighbor").EnumerateArray())
        {
            var state = session.GetProperty("state");
            if (state.GetProperty("neighbor_address").GetString() is { } address && IPAddress.Parse(address.Split('%')[0]).Equals(neighbour))
            {
                var number = state.TryGetProperty("session_state", out var value) ? value.GetInt32() : 0;
                var hold = session.TryGetProperty("timers", out var timers) && timers.TryGetProperty("state", out var running) && running.TryGetProperty("negotiated_hold_time", out var time)
                    ? time.GetDouble()
                    : (double?)null;
                return new PeerSessionView(States[number]) { HoldTime = hold, Text = session.GetRawText() };
            }
        }

        return null;
    }

    public override IReadOnlyList<PeerPath> ReadPaths(BgpFamily family) =>
    [
        .. _gobgp.AskJson("global", "rib", "-a", Words(family)).EnumerateObject()
            .SelectMany(static prefix => prefix.Value.EnumerateArray().Select(path => Path(IPNetwork.Parse(prefix.Name), path))),
    ];

    private static PeerPath Path(IPNetwork prefix, JsonElement path)
    {
        var result = new PeerPath(prefix)
        {
            From = path.TryGetProperty("neighbor-ip", out var from) && IPAddress.TryParse(from.GetString()!.Split('%')[0], out var address) ? address : null,
            IsBest = path.GetProperty("best").GetBoolean(),
            IsStale = path.GetProperty("stale").GetBoolean(),
        };
        return path.GetProperty("attrs").EnumerateArray().Aggregate(result, With);
    }

    private static PeerPath With(PeerPath path, JsonElement attribute) => attribute.GetProperty("type").GetInt32() switch
    {
        1 => path with { Origin = (BgpOrigin)attribute.GetProperty("value").GetByte() },
        2 => path with { AsPath = string.Join(' ', Items(attribute, "as_paths").Select(Segment)) },
        3 or 14 => path with { NextHops = [IPAddress.Parse(attribute.GetProperty("nexthop").GetString()!)] },
        4 => path with { Med = attribute.GetProperty("metric").GetUInt32() },
        5 => path with { LocalPreference = attribute.GetProperty("value").GetUInt32() },
        8 => path with { Communities = [.. Items(attribute, "communities").Select(static c => c.GetUInt32())] },
        16 => path with { ExtendedCommunities = [.. Items(attribute, "value").Select(Extended)] },
        32 => path with { LargeCommunities = [.. Items(attribute, "value").Select(Large)] },
        _ => path,
    };

    private static JsonElement.ArrayEnumerator Items(JsonElement attribute, string name)
        => attribute.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;

    private static string Segment(JsonElement segment)
    {
        const int sequence = 2;
        var numbers = string.Join(' ', Items(segment, "asns").Select(static n => n.GetUInt32()));
        return segment.GetProperty("segment_type").GetInt32() == sequence ? numbers : $"{{{numbers}}}";
    }

    private static ulong Extended(JsonElement community) => community.GetProperty("subtype").GetInt32() switch
    {
        2 => CommunityText.ParseExtended("rt", community.GetProperty("value").GetString()!),
        3 => CommunityText.ParseExtended("soo", community.GetProperty("value").GetString()!),
        var other => throw new LabException($"GoBGP has an extended community of the subtype {other}: {community.GetRawText()}"),
    };

    private static BgpLargeCommunity Large(JsonElement community)
        => new(community.GetProperty("ASN").GetUInt32(), community.GetProperty("LocalData1").GetUInt32(), community.GetProperty("LocalData2").GetUInt32());
}
