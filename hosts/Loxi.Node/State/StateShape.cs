using System.Collections.Frozen;
using System.Text.Json;
using Loxi.Core;
using Loxi.Node.Json;

namespace Loxi.Node.State;

/// <summary>
/// Checks that a document has only the members of a state file, each once and of its type, and collects every deviation.
/// The REST API is as lenient as loxilb's; a file that a person edits is not.
/// </summary>
internal sealed class StateShape
{
    private const int MostProblems = 1_000;

    private static readonly StateShape Text = new("a string", JsonValueKind.String);
    private static readonly StateShape Number = new("a whole number", JsonValueKind.Number);
    private static readonly StateShape Flag = new("true or false", JsonValueKind.True, JsonValueKind.False);

    private readonly string _expected;
    private readonly JsonValueKind[] _kinds;
    private FrozenDictionary<string, StateShape>? _members;
    private StateShape? _element;

    private StateShape(string expected, params JsonValueKind[] kinds)
    {
        _expected = expected;
        _kinds = kinds;
    }

    /// <summary>The shape of a service in <c>services.json</c>, which those in loxilb's <c>lbconfig.txt</c> fit.</summary>
    public static StateShape Service { get; } = Object(
        ("serviceArguments", Object(
            ("externalIP", Text), ("privateIP", Text), ("port", Number), ("portMax", Number), ("protocol", Text), ("sel", Number),
            ("bgp", Flag), ("monitor", Flag), ("probetype", Text), ("probeport", Number), ("probereq", Text), ("proberesp", Text),
            ("probeTimeout", Number), ("probeRetries", Number), ("managed", Flag), ("mode", Number), ("security", Number),
            ("block", Number), ("inactiveTimeOut", Number), ("name", Text), ("snat", Flag), ("oper", Number), ("host", Text),
            ("proxyprotocolv2", Flag), ("egress", Flag), ("sourcePool", Text), ("vipGroup", Text), ("tunnel", Text), ("clampMss", Flag),
            ("slowStart", Number), ("persistTimeOut", Number))),
        ("endpoints", List(Object(
            ("endpointIP", Text), ("targetPort", Number), ("weight", Number), ("state", Text), ("counter", Text)))),
        ("secondaryIPs", List(Object(("secondaryIP", Text)))),
        ("allowedSources", List(Object(("prefix", Text)))));

    /// <summary>The shape of a source pool in <c>services.json</c>.</summary>
    public static StateShape Pool { get; } = Object(("name", Text), ("vipGroup", Text), ("addresses", List(Text)));

    /// <summary>The shape of <c>endpoints.json</c>.</summary>
    public static StateShape Endpoints { get; } = Object(
        ("version", Number),
        ("endpoints", List(Object(
            ("hostName", Text), ("name", Text), ("inactiveReTries", Number), ("probeType", Text), ("probeReq", Text), ("probeResp", Text),
            ("probeDuration", Number), ("probePort", Number)))),
        ("states", List(Object(("hostName", Text), ("epPort", Number), ("epProto", Text), ("state", Text)))));

    /// <summary>The shape of <c>bfd.json</c>, which loxilb's <c>BFDconfig.txt</c> fits.</summary>
    public static StateShape Bfd { get; } = Object(
        ("version", Number),
        ("Attr", List(Object(
            ("instance", Text), ("remoteIp", Text), ("sourceIp", Text), ("port", Number), ("interval", Number), ("retryCount", Number), ("state", Text),
            ("minRx", Number), ("multihop", Flag), ("minTtl", Number), ("passive", Flag), ("interface", Text),
            ("auth", Object(("type", Text), ("keys", List(Object(("id", Number), ("secret", Text)))), ("activeKeyId", Number))),
            ("echo", Object(("interval", Number), ("minRx", Number)))))));

    /// <summary>The shape of <c>roles.json</c>.</summary>
    public static StateShape Roles { get; } = Object(("version", Number), ("external", Flag));

    /// <summary>The shape of <c>ha.json</c>.</summary>
    public static StateShape Ha { get; } = Object(
        ("version", Number),
        ("peers", List(Object(("node", Number), ("paths", List(Object(("address", Text), ("local", Text), ("interface", Text)))), ("syncPins", List(Text))))),
        ("drain", Object(("pinned", List(Text)))),
        ("authentication", Object(("mode", Text), ("send", Number), ("keys", List(Object(("id", Number), ("secret", Text)))))));

    /// <summary>The shape of <c>bgp.json</c>.</summary>
    public static StateShape Bgp { get; } = Object(
        ("version", Number),
        ("global", Object(
            ("localAs", Number), ("routerId", Text), ("setNextHopSelf", Flag), ("listenPort", Number), ("listenAddresses", List(Text)), ("passive", Flag), ("restartTime", Number),
            ("maximumPaths", Number),
            ("bestPath", Object(("ignoreAsPathLength", Flag), ("alwaysCompareMed", Flag), ("missingMedIsWorst", Flag), ("compareRouterId", Flag), ("multipathAcrossAses", Flag))))),
        ("neighbors", List(BgpNeighbor(("ipAddress", Text)))),
        ("dynamicNeighbors", List(BgpNeighbor(("prefix", Text), ("limit", Number)))),
        ("definedsets", Object(
            ("prefix", List(BgpSet())), ("neighbor", List(BgpSet())), ("community", List(BgpSet())), ("extcommunity", List(BgpSet())), ("largecommunity", List(BgpSet())), ("aspath", List(BgpSet())))),
        ("definitions", List(Object(("name", Text), ("statements", List(Object(("name", Text), ("conditions", BgpConditions()), ("actions", BgpActions()))))))));

    /// <summary>Adds every deviation of <paramref name="value"/> to <paramref name="problems"/>; the path is only made when there is one.</summary>
    public void Check(JsonElement value, Func<string> path, List<Problem> problems)
    {
        if (problems.Count >= MostProblems || value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (Array.IndexOf(_kinds, value.ValueKind) < 0 || (this == Number && !value.TryGetInt64(out _)))
        {
            problems.Add(Problem.Of(path(), SecretText.Hide(path(), value.GetRawText()), _expected));
        }
        else if (_members is not null)
        {
            CheckMembers(value, _members, path, problems);
        }
        else if (_element is not null)
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                var position = index++;
                if (item.ValueKind == JsonValueKind.Null)
                {
                    problems.Add(Problem.Of($"{path()}[{position}]", "null", _element._expected));
                }

                _element.Check(item, () => $"{path()}[{position}]", problems);
            }
        }
    }

    private static void CheckMembers(JsonElement value, FrozenDictionary<string, StateShape> members, Func<string> path, List<Problem> problems)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in value.EnumerateObject())
        {
            var name = property.Name;
            string Here() => path() is { Length: > 0 } parent ? $"{parent}.{name}" : name;
            if (!members.TryGetValue(name, out var shape))
            {
                problems.Add(Problem.Of(Problem.Of("", Here(), "").Value, SecretText.Hide(Here(), property.Value.GetRawText()), $"one of the members {string.Join(", ", members.Keys.Order(StringComparer.Ordinal))}"));
            }
            else if (!seen.Add(name))
            {
                problems.Add(Problem.Of(Here(), SecretText.Hide(Here(), property.Value.GetRawText()), "each member once"));
            }
            else
            {
                shape.Check(property.Value, Here, problems);
            }
        }
    }

    private static StateShape BgpNeighbor(params (string Name, StateShape Shape)[] own) => Object(
    [
        .. own, ("remoteAs", Number), ("remotePort", Number), ("setMultiHop", Flag), ("multihopTtl", Number), ("description", Text), ("localAddress", Text), ("interface", Text), ("routerAdvertisements", Flag),
        ("localAs", Number), ("families", List(Text)), ("passive", Flag), ("shutdown", Flag), ("gtsmHops", Number), ("password", Text), ("tcpAo", Object(("keyId", Number), ("secret", Text), ("algorithm", Text))), ("holdTime", Number), ("keepalive", Number),
        ("connectRetry", Number), ("connectRetryLimit", Number), ("openHoldTime", Number), ("sendHoldTime", Number), ("gracefulRestart", Flag), ("longLivedStaleTime", Number),
        ("addPathReceive", Flag), ("addPathSend", Number), ("role", Text), ("roleStrict", Flag), ("enforceFirstAs", Flag), ("allowOwnAs", Number), ("ipv4OverIpv6NextHop", Flag),
        ("extendedMessages", Flag), ("prefixLimit", Number), ("prefixWarningPercent", Number), ("prefixLimitRestart", Number), ("nextHopSelf", Flag), ("clusterMember", Flag),
        ("importPolicies", List(Text)), ("importDefault", Text), ("exportPolicies", List(Text)), ("exportDefault", Text), ("bfd", Text),
    ]);

    private static StateShape BgpSet() => Object(("name", Text), ("list", List(Text)), ("prefixList", List(Object(("ipPrefix", Text), ("masklengthRange", Text)))));

    private static StateShape BgpConditions()
    {
        static StateShape Communities() => Object(("communitySet", Text), ("matchSetOptions", Text));
        return Object(
            ("matchPrefixSet", Object(("prefixSet", Text), ("matchSetOption", Text))), ("matchNeighborSet", Object(("neighborSet", Text), ("matchSetOption", Text))),
            ("bgpConditions", Object(
                ("afiSafiIn", List(Text)), ("asPathLength", Object(("operator", Text), ("value", Number))), ("matchAsPathSet", Object(("asPathSet", Text), ("matchSetOptions", Text))),
                ("matchCommunitySet", Communities()), ("matchExtCommunitySet", Communities()), ("matchLargeCommunitySet", Communities()), ("nextHopInList", List(Text)), ("routeType", Text))));
    }

    private static StateShape BgpActions()
    {
        static StateShape Communities() => Object(("options", Text), ("setCommunityMethod", List(Text)));
        return Object(
            ("routeDisposition", Text),
            ("bgpActions", Object(
                ("setMed", Text), ("setNextHop", Text), ("setLocalPerf", Number), ("setCommunity", Communities()), ("setExtCommunity", Communities()), ("setLargeCommunity", Communities()),
                ("setAsPathPrepend", Object(("as", Text), ("repeatN", Number))))));
    }

    private static StateShape Object(params (string Name, StateShape Shape)[] members) => new("an object", JsonValueKind.Object)
    {
        _members = members.ToFrozenDictionary(static m => m.Name, static m => m.Shape, StringComparer.OrdinalIgnoreCase),
    };

    private static StateShape List(StateShape element) => new("a list", JsonValueKind.Array) { _element = element };
}
