using System.Text.RegularExpressions;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Topology;

namespace Loxi.Scenarios.RootTests.Bgp;

/// <summary>BIRD.</summary>
internal sealed partial class BirdRouter : IBgpRouter
{
    private readonly BirdPeer _bird;
    private readonly string[] _nodes;

    public BirdRouter(LabHost host, int localAs, string address, string learned, string[] nodes, int nodeAs, bool isIpv6)
    {
        _nodes = nodes;
        _bird = new BirdPeer(host);
        var family = isIpv6 ? "ipv6" : "ipv4";
        var sessions = string.Concat(nodes.Select((node, i) => $$"""
            protocol bgp node{{i}} {
              local {{address}} as {{localAs}}; neighbor {{node}} as {{nodeAs}};
              hold time 3; connect delay time 1; connect retry time 1; error wait time 1,2; direct;
              {{family}} { import all; export where source = RTS_STATIC; };
            }

            """));
        _bird.Configure(
            $$"""
            protocol kernel { {{family}} { import none; export where source = RTS_BGP; }; merge paths on limit 8; }
            protocol static { {{family}}; route {{learned}} blackhole; }
            {{sessions}}
            """,
            BgpLab.RouterId);
    }

    public Task StartAsync() => _bird.StartAsync();

    public string Describe() => _bird.Ask("show", "route", "all");

    public IReadOnlyDictionary<string, string> ReadPaths(string prefix)
    {
        // Paths begin at the left with the protocol in brackets, attributes are indented.
        var paths = PathStart().Split(_bird.Ask("show", "route", "all", "table", prefix.Contains(':', StringComparison.Ordinal) ? "master6" : "master4", "where", "net", "=", prefix));
        return paths.Where(static path => Protocol().IsMatch(path)).ToDictionary(path => _nodes[int.Parse(Protocol().Match(path).Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)], TextOf);
    }

    private static string TextOf(string path)
    {
        var numbers = Attribute(path, "as_path");
        // What it holds of another AS has a LOCAL_PREF of its own making.
        return $"path {(numbers.Length == 0 ? "Local" : numbers)}, MED {Attribute(path, "med")}, LOCAL_PREF {(numbers.Length == 0 ? Attribute(path, "local_pref") : "-")}";
    }

    private static string Attribute(string path, string name) => Regex.Match(path, $@"BGP\.{name}:[^\S\n]*([^\n]*)").Groups[1].Value.Trim();

    [GeneratedRegex(@"^(?=\S* +unicast \[)", RegexOptions.Multiline)]
    private static partial Regex PathStart();

    [GeneratedRegex(@"\[node(\d) ")]
    private static partial Regex Protocol();
}
