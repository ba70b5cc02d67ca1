using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Loxi.Bgp;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bgp;

internal sealed partial class BirdBgp
{
    public override PeerSessionView? ReadSession(IPAddress neighbour)
    {
        var text = Sections(_bird.Ask("show", "protocols", "all")).FirstOrDefault(section => NeighbourOf(section) is { } address && address.Equals(neighbour));
        if (text is null)
        {
            return null;
        }

        var state = StateLine().Match(text);
        var hold = HoldLine().Match(text);
        return new PeerSessionView(state.Success ? state.Groups[1].Value : "Down")
        {
            HoldTime = hold.Success ? double.Parse(hold.Groups[1].Value, CultureInfo.InvariantCulture) : null,
            Text = text,
        };
    }

    public override IReadOnlyList<PeerPath> ReadPaths(BgpFamily family)
    {
        var origins = Sections(_bird.Ask("show", "protocols", "all")).ToDictionary(
            static section => section[..section.IndexOf(' ', StringComparison.Ordinal)],
            static section => (Neighbour: NeighbourOf(section), IsGone: section.Contains("Neighbor graceful restart active", StringComparison.Ordinal)),
            StringComparer.Ordinal);
        var paths = new List<PeerPath>();
        IPNetwork prefix = default;
        PeerPath? path = null;
        foreach (var line in _bird.Ask("show", "route", "all", "table", family == BgpFamily.Ipv4Unicast ? "master4" : "master6").Split('\n'))
        {
            if (PathLine().Match(line) is { Success: true } start)
            {
                // Further paths of a prefix do not name it again.
                prefix = start.Groups["prefix"].Value is { Length: > 0 } text ? IPNetwork.Parse(text) : prefix;
                path = Add(path);
                var (neighbour, isGone) = origins.GetValueOrDefault(start.Groups["protocol"].Value);
                path = new PeerPath(prefix)
                {
                    From = neighbour,
                    IsBest = start.Groups["best"].Success,
                    // It marks routes of long-lived graceful restart only, and of the other the session.
                    IsStale = isGone || start.Groups["stale"].Success,
                };
            }
            else if (path is not null && line.StartsWith('\t'))
            {
                path = With(path, line.Trim());
            }
        }

        Add(path);
        return paths;

        PeerPath? Add(PeerPath? done)
        {
            if (done is not null)
            {
                paths.Add(done);
            }

            return null;
        }
    }

    private static PeerPath With(PeerPath path, string line)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        var (name, value) = colon < 0 ? (line.TrimEnd(':'), "") : (line[..colon], line[(colon + 2)..]);
        return name switch
        {
            "BGP.origin" => path with { Origin = Enum.Parse<BgpOrigin>(value, ignoreCase: true) },
            "BGP.as_path" => path with { AsPath = value },
            "BGP.next_hop" => path with { NextHops = [.. value.Split(' ').Select(IPAddress.Parse)] },
            "BGP.med" => path with { Med = Number(value) },
            "BGP.local_pref" => path with { LocalPreference = Number(value) },
            "BGP.community" => path with { Communities = [.. Groups(value).Select(static group => CommunityText.Parse(string.Join(':', group)))] },
            "BGP.large_community" => path with { LargeCommunities = [.. Groups(value).Select(static group => CommunityText.ParseLarge(string.Join(':', group)))] },
            "BGP.ext_community" => path with { ExtendedCommunities = [.. Groups(value).Select(Extended)] },
            _ => path,
        };
    }

    private static ulong Extended(string[] group) => group[0] is "rt" or "ro"
        ? CommunityText.ParseExtended(group[0] == "rt" ? "rt" : "soo", $"{group[1]}:{group[2]}")
        : throw new LabException($"BIRD has the extended community '{string.Join(", ", group)}'");

    // (1,2) (3,4), with blanks after the commas or without.
    private static IEnumerable<string[]> Groups(string text) => GroupPattern().Matches(text).Select(static match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries));

    private static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Each protocol begins at the left, and what is told of it is indented.</summary>
    private static IEnumerable<string> Sections(string text) => SectionStart().Split(text).Where(static section => section.Contains(" BGP ", StringComparison.Ordinal));

    private static IPAddress? NeighbourOf(string section)
        => NeighbourLine().Match(section) is { Success: true } match && IPAddress.TryParse(match.Groups[1].Value.Split('%')[0], out var address) ? address : null;

    [GeneratedRegex(@"^(?=\w+ +BGP )", RegexOptions.Multiline)]
    private static partial Regex SectionStart();

    [GeneratedRegex(@"Neighbor address: (\S+)")]
    private static partial Regex NeighbourLine();

    [GeneratedRegex(@"BGP state: +(\w+)")]
    private static partial Regex StateLine();

    [GeneratedRegex(@"Hold timer: +[\d.]+/(\d+)")]
    private static partial Regex HoldLine();

    [GeneratedRegex(@"^(?<prefix>[0-9a-f.:]+/\d+)? +\S+ \[(?<protocol>\w+) [^\]]*\](?<best> \*)? \(\d+(?:/[^)s]+)?(?<stale>s)?\)")]
    private static partial Regex PathLine();

    [GeneratedRegex(@"\(([^)]*)\)")]
    private static partial Regex GroupPattern();
}
