using System.Text.Json.Nodes;
using FluentAssertions;
using Xunit;

namespace Loxi.Node.Tests.Rest;

/// <summary>Replays what the real loxicmd sent to a real loxilb and compares the answers member by member.</summary>
public sealed class RecordedClientTests
{
    private const string Root = "/netlox/v1/config/";
    private readonly Dictionary<string, int> _seen = [];
    private readonly Dictionary<string, string> _accepted = [];
    private readonly HashSet<string> _refused = [];

    [Fact]
    public async Task LoxicmdSession_Replayed_AnswersLikeLoxilbOrRefusesByName()
    {
        await using var server = await RestServer.StartAsync();
        var session = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Recordings", "loxicmd.json"), TestContext.Current.CancellationToken))!.AsArray();
        session.Count.Should().BeGreaterThan(70);

        foreach (var request in session.SelectMany(static command => command!["requests"]!.AsArray()))
        {
            var recorded = request!;
            var method = (string)recorded["method"]!;
            var path = (string)recorded["path"]!;
            var answer = await server.SendAsync(method, path, recorded["body"]?.ToJsonString());
            answer.ContentType.Should().Be("application/json", "{0} {1}", method, path);
            Check(method, path, recorded, answer);
        }

        // Every recorded request was met by exactly one of these rules.
        string.Join(", ", _seen.OrderBy(static s => s.Key, StringComparer.Ordinal).Select(static s => $"{s.Key} {s.Value}")).Should().Be(
            "absent 7, bfd 8, create after refused 1, create like loxilb 25, create refused 5, create replaces 1, delete like loxilb 7, delete of refused 1, endpoint delete of refused 1, endpoint refused 1, endpoints 4, list 7, same 13, version 1");
    }

    [Fact]
    public async Task RecordedEndpoint_WithAProbeThatIsThere_LivesAsInLoxilb()
    {
        await using var server = await RestServer.StartAsync();
        var session = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Recordings", "loxicmd.json"), TestContext.Current.CancellationToken))!.AsArray();
        var requests = session.SelectMany(static command => command!["requests"]!.AsArray()).ToList();
        var create = requests.Single(static r => (string)r!["method"]! == "POST" && (string)r["path"]! == Root + "endpoint")!;
        var delete = requests.Single(static r => (string)r!["method"]! == "DELETE" && ((string)r["path"]!).StartsWith(Root + "endpoint/", StringComparison.Ordinal))!;
        string ToTcp(string text) => text.Replace("http", "tcp", StringComparison.Ordinal);

        var created = await server.SendAsync("POST", (string)create["path"]!, ToTcp(create["body"]!.ToJsonString()));
        var again = await server.SendAsync("POST", (string)create["path"]!, ToTcp(create["body"]!.ToJsonString()));
        var list = await server.SendAsync("GET", Root + "endpoint/all");
        var deleted = await server.SendAsync("DELETE", ToTcp((string)delete["path"]!));

        CheckSame(create, created, "create");
        CheckSame(create, again, "create again");
        list.Json!["Attr"]!.ToJsonString().Should().Be(
            """[{"hostName":"32.32.32.1","name":"32.32.32.1_tcp_8080","inactiveReTries":2,"probeType":"tcp","probeDuration":60,"probePort":8080,"currState":"ok"}]""");
        CheckSame(delete, deleted, "delete");
        (await server.SendAsync("GET", Root + "endpoint/all")).Text.Should().Be("""{"Attr":[]}""");
    }

    [Fact]
    public async Task RecordedBfd_WithoutASessionOrInstance_IsAnsweredAsByLoxilb()
    {
        await using var server = await RestServer.StartAsync();
        var session = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Recordings", "loxicmd.json"), TestContext.Current.CancellationToken))!.AsArray();
        var requests = session.SelectMany(static command => command!["requests"]!.AsArray()).Where(static r => ((string)r!["path"]!).StartsWith(Root + "bfd", StringComparison.Ordinal)).ToList();
        requests.Should().HaveCount(8);

        foreach (var request in requests)
        {
            var body = request!["body"]?.ToJsonString().Replace("\"default\"", "\"absent\"", StringComparison.Ordinal);

            var answer = await server.SendAsync((string)request["method"]!, (string)request["path"]!, body);

            // Beside loxilb's members is what is wrong, by name.
            var unknown = answer.Json!.AsObject().Remove("errors", out var errors);
            unknown.Should().Be(body is not null);
            (errors?.ToJsonString()).Should().Be(unknown ? """[{"field":"instance","value":"absent","expected":"llb-inst0, or its other name default"}]""" : null);
            CheckSame(request, answer, (string)request["path"]!);
        }
    }

    [Fact]
    public async Task RecordedBfd_OfAKnownInstance_LivesAsInLoxilb()
    {
        await using var server = await RestServer.StartAsync();
        var session = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Recordings", "loxicmd.json"), TestContext.Current.CancellationToken))!.AsArray();
        async Task<RestServer.Answer> RunAsync(string command)
        {
            var request = session.First(c => ((string)c!["cmd"]!).StartsWith("loxicmd " + command, StringComparison.Ordinal))!["requests"]!.AsArray().Single()!;
            return await server.SendAsync((string)request["method"]!, (string)request["path"]!, request["body"]?.ToJsonString());
        }

        (await RunAsync("create bfd 32.32.32.2")).Text.Should().Be("""{"result":"Success"}""");
        (await RunAsync("create bfd 32.32.32.2")).Text.Should().Be("""{"code":409,"fields":null,"message":"Resource conflict: Resource already exists OR dependency not found","result":"bfd existing session"}""");
        var made = (await RunAsync("get bfd")).Json!["Attr"]!.AsArray().Single()!.AsObject();
        (await RunAsync("set bfd 32.32.32.2")).Text.Should().Be("""{"result":"Success"}""");
        var changed = (await RunAsync("get bfd")).Json!["Attr"]!.AsArray().Single()!.AsObject();
        (await RunAsync("delete bfd 32.32.32.2")).Text.Should().Be("""{"result":"Success"}""");

        made.Take(7).Select(static m => $"{m.Key}={m.Value}").Should().Equal(
            "instance=llb-inst0", "remoteIp=32.32.32.2", "sourceIP=32.32.32.1", "port=4784", "interval=200000", "retryCount=3", "state=BFDDown");
        changed.Take(7).Select(static m => $"{m.Key}={m.Value}").Should().Equal(
            "instance=llb-inst0", "remoteIp=32.32.32.2", "sourceIP=32.32.32.1", "port=4784", "interval=500000", "retryCount=5", "state=BFDDown");
        (await RunAsync("get bfd")).Text.Should().Be("""{"Attr":[]}""");
    }

    private void Check(string method, string path, JsonNode recorded, RestServer.Answer answer)
    {
        switch (method, path.Replace(Root, "", StringComparison.Ordinal).Split('?')[0])
        {
            case ("POST", "loadbalancer"):
                CheckCreation(recorded, answer);
                break;
            case ("GET", "loadbalancer/all"):
                CheckList(recorded, answer);
                break;
            case ("DELETE", var lb) when lb.StartsWith("loadbalancer/hosturl", StringComparison.Ordinal):
                CheckDeletion(lb.Split('/'), recorded, answer);
                break;
            case ("GET", "endpoint/all"):
                CheckSubset(recorded["response"]!["Attr"]!, answer.Json!["Attr"]!, static e => (string)e["name"]!, "endpoints", []);
                break;
            case (_, var bfd) when bfd == "bfd" || bfd.StartsWith("bfd/", StringComparison.Ordinal):
                // The recorded node had no instance "default", which is another name of the one that is here: see the test below.
                Count("bfd");
                answer.Status.Should().Be(200);
                break;
            case ("GET", "/netlox/v1/version"):
                Count("version");
                answer.Json!.AsObject().Select(static m => m.Key).Should().BeEquivalentTo(recorded["response"]!.AsObject().Select(static m => m.Key));
                break;
            case ("POST", "endpoint"):
                // The recorded one asks for a probe that is not there.
                Count("endpoint refused");
                answer.Status.Should().Be(400);
                answer.Json!["errors"]!.AsArray().Select(static e => ((string)e!["field"]!, (string)e["value"]!)).Should().Equal(("probeType", (string)recorded["body"]!["probeType"]!));
                break;
            case ("DELETE", var endpoint) when endpoint.StartsWith("endpoint/epipaddress/", StringComparison.Ordinal):
                Count("endpoint delete of refused");
                answer.Status.Should().Be(404);
                ((string)answer.Json!["result"]!).Should().Be("host-notfound error");
                break;
            case (_, var absent) when absent.StartsWith("port/", StringComparison.Ordinal) || absent.StartsWith("firewall", StringComparison.Ordinal):
                Count("absent");
                answer.Status.Should().Be(404);
                ((string)answer.Json!["result"]!).Should().StartWith($"{method} {Root}").And.EndWith("is not a function of this version");
                break;
            default:
                Count("same");
                CheckSame(recorded, answer, $"{method} {path}");
                break;
        }
    }

    private void CheckCreation(JsonNode recorded, RestServer.Answer answer)
    {
        var arguments = recorded["body"]!["serviceArguments"]!;
        var absent = AbsentFunctions(recorded["body"]!, arguments).ToList();
        if (absent.Count != 0)
        {
            _refused.Add(KeyOf(arguments));
            Count("create refused");
            answer.Status.Should().Be(400);
            answer.Json!["errors"]!.AsArray().Select(static e => ((string)e!["field"]!, (string)e["value"]!)).Should().BeEquivalentTo(absent);
            ((string)answer.Json["result"]!).Should().ContainAll(absent.Select(static a => a.Field)).And.NotContain("exist");
            return;
        }

        var replaces = _accepted.TryGetValue(KeyOf(arguments), out var before) && before != arguments.ToJsonString() && answer.Status == 200;
        _accepted[KeyOf(arguments)] = arguments.ToJsonString();
        if (_refused.Contains(KeyOf(arguments)) && (int)recorded["status"]! != 200)
        {
            // loxilb compares with what was refused here.
            Count("create after refused");
            answer.Status.Should().Be(200);
            return;
        }

        if (replaces && (int)recorded["status"]! == 409)
        {
            // loxilb does not see that another name, time limit or monitoring is asked for.
            Count("create replaces");
            return;
        }

        Count("create like loxilb");
        CheckSame(recorded, answer, arguments.ToJsonString());
    }

    private static IEnumerable<(string Field, string Value)> AbsentFunctions(JsonNode body, JsonNode arguments)
    {
        const string Prefix = "serviceArguments.";
        foreach (var (name, fine) in new (string, string[])[]
        {
            ("mode", ["0", "1", "2", "3", "5"]), ("sel", ["0", "1", "2", "3", "4"]), ("security", ["0"]), ("host", []), ("proxyprotocolv2", ["false"]),
        })
        {
            if (arguments[name] is { } value && !fine.Contains(value.ToString()))
            {
                yield return (Prefix + name, value.ToString());
            }
        }

        if (body["secondaryIPs"] is JsonArray secondary)
        {
            yield return ("secondaryIPs", string.Join(',', secondary.Select(static s => (string)s!["secondaryIP"]!)));
        }

        if (body["allowedSources"] is JsonArray sources)
        {
            yield return ("allowedSources", string.Join(',', sources.Select(static s => (string)s!["prefix"]!)));
        }
    }

    private void CheckDeletion(string[] parts, JsonNode recorded, RestServer.Answer answer)
    {
        // loadbalancer/hosturl/H/externalipaddress/IP/port/P/portmax/M/protocol/X
        var path = (string)recorded["path"]!;
        var key = $"{parts[4]} {parts[6]} {parts[8]} {parts[10]} {path[(path.LastIndexOf('=') + 1)..]}";
        if ((parts[2] == "any" && _accepted.Remove(key)) || (int)recorded["status"]! == 404)
        {
            Count("delete like loxilb");
            CheckSame(recorded, answer, key);
        }
        else
        {
            Count("delete of refused");
            answer.Status.Should().Be(404);
            ((string)answer.Json!["result"]!).Should().Be("no-rule error");
        }
    }

    private void CheckList(JsonNode recorded, RestServer.Answer answer)
    {
        // The only difference is documented: loxilb's default timeouts are others.
        CheckSubset(recorded["response"]!["lbAttr"]!, answer.Json!["lbAttr"]!, static e => KeyOf(e["serviceArguments"]!) + e["allowedSources"] + e["secondaryIPs"], "list", ["inactiveTimeOut"]);
    }

    private void CheckSubset(JsonNode theirs, JsonNode ours, Func<JsonNode, string> keyOf, string kind, string[] differs)
    {
        Count(kind);
        var byKey = theirs.AsArray().ToDictionary(e => keyOf(e!), static e => e!);
        var compared = 0;
        foreach (var own in ours.AsArray())
        {
            // What an "apply" created without the functions that were refused has no counterpart everywhere.
            if (!byKey.TryGetValue(keyOf(own!), out var their))
            {
                continue;
            }

            compared++;
            Without(own!, differs).ToJsonString().Should().Be(Without(their, differs).ToJsonString());
        }

        if (_accepted.Count != 0)
        {
            compared.Should().BePositive("{0} was filled", kind);
        }
    }

    private static JsonNode Without(JsonNode node, string[] members)
    {
        if (node is JsonObject source)
        {
            return new JsonObject(source.Where(m => !members.Contains(m.Key)).OrderBy(static m => m.Key, StringComparer.Ordinal)
                .Select(m => KeyValuePair.Create(m.Key, m.Value is null ? null : (JsonNode?)Without(m.Value, members))));
        }

        return node is JsonArray array ? new JsonArray([.. array.Select(item => Without(item!, members))]) : node.DeepClone();
    }

    private static void CheckSame(JsonNode recorded, RestServer.Answer answer, string what)
    {
        answer.Status.Should().Be((int)recorded["status"]!, what);
        JsonNode.DeepEquals(answer.Json, recorded["response"]).Should().BeTrue("{0}: got {1}, recorded {2}", what, answer.Text, recorded["response"]!.ToJsonString());
    }

    private static string KeyOf(JsonNode arguments) => $"{arguments["externalIP"]} {arguments["port"]} {arguments["portMax"] ?? 0} {arguments["protocol"]} {arguments["block"] ?? 0}";

    private void Count(string kind) => _seen[kind] = _seen.GetValueOrDefault(kind) + 1;
}
