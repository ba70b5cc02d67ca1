using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Loxi.Bgp;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bgp;

internal sealed partial class FrrBgp
{
    public override PeerSessionView? ReadSession(IPAddress neighbour)
    {
        var text = _frr.Ask($"show bgp neighbors {neighbour} json");
        using var document = JsonDocument.Parse(text);
        if (!document.RootElement.TryGetProperty($"{neighbour}", out var session))
        {
            return null;
        }

        return new PeerSessionView(session.GetProperty("bgpState").GetString()!)
        {
            HoldTime = session.TryGetProperty("bgpTimerHoldTimeMsecs", out var hold) ? hold.GetDouble() / 1000 : null,
            Established = session.GetProperty("connectionsEstablished").GetInt32(),
            Text = text,
        };
    }

    public override IReadOnlyList<PeerPath> ReadPaths(BgpFamily family)
    {
        var text = _frr.Ask($"show bgp {Words(family)} json detail");
        if (!text.TrimStart().StartsWith('{'))
        {
            return [];
        }

        using var document = JsonDocument.Parse(text);
        return
        [
            // The first entry of a prefix is about the prefix itself.
            .. document.RootElement.GetProperty("routes").EnumerateObject()
                .SelectMany(static prefix => prefix.Value.EnumerateArray().Skip(1).Select(path => Path(IPNetwork.Parse(prefix.Name), path))),
        ];
    }

    private static PeerPath Path(IPNetwork prefix, JsonElement path)
    {
        var from = IPAddress.Parse(path.GetProperty("peer").GetProperty("peerId").GetString()!);
        return new PeerPath(prefix)
        {
            From = from.Equals(IPAddress.Any) || from.Equals(IPAddress.IPv6Any) ? null : from,
            NextHops = [.. path.GetProperty("nexthops").EnumerateArray().Select(static hop => IPAddress.Parse(hop.GetProperty("ip").GetString()!))],
            AsPath = string.Join(' ', path.GetProperty("aspath").GetProperty("segments").EnumerateArray().Select(Segment)),
            Origin = path.GetProperty("origin").GetString() switch
            {
                "IGP" => BgpOrigin.Igp,
                "EGP" => BgpOrigin.Egp,
                _ => BgpOrigin.Incomplete,
            },
            Med = Number(path, "metric"),
            LocalPreference = Number(path, "locPrf"),
            Communities = [.. Texts(path, "community").Select(CommunityText.Parse)],
            ExtendedCommunities = [.. Texts(path, "extendedCommunity").Select(Extended)],
            LargeCommunities = [.. Texts(path, "largeCommunity").Select(CommunityText.ParseLarge)],
            IsBest = path.TryGetProperty("bestpath", out var best) && best.TryGetProperty("overall", out _),
            IsStale = path.TryGetProperty("stale", out _),
        };
    }

    private static string Segment(JsonElement segment)
    {
        var numbers = string.Join(' ', segment.GetProperty("list").EnumerateArray().Select(static n => n.GetUInt32()));
        return segment.GetProperty("type").GetString() == "as-sequence" ? numbers : $"{{{numbers}}}";
    }

    private static uint? Number(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetUInt32() : null;

    private static string[] Texts(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) ? value.GetProperty("string").GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];

    private static ulong Extended(string text)
    {
        var kind = text.Split(':')[0];
        return kind is "RT" or "SoO"
            ? CommunityText.ParseExtended(kind == "RT" ? "rt" : "soo", text[(kind.Length + 1)..])
            : throw new LabException($"bgpd has the extended community '{text}'");
    }
}
