using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Loxi.Cli.Tests;

/// <summary>Nodes that authenticate as they are told, and hear each other as the real ones do. Each is reached by its own URL.</summary>
internal sealed class PairedFake
{
    private readonly List<Member> _members;

    public PairedFake(params string[] urls) => _members = [.. urls.Select(static (url, i) => new Member(i, new Uri(url)))];

    /// <summary>Every change, one line each: node, mode, sending key, accepted keys.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>Every peer that was put, one line each: of which node, its address, its pins.</summary>
    public List<string> Told { get; } = [];

    /// <summary>Nodes whose streams do not open.</summary>
    public bool IsCut { get; set; }

    /// <summary>Fails the change of this number, counted from 0.</summary>
    public int FailAt { get; set; } = -1;

    /// <summary>A node that is heard by nobody.</summary>
    public int Silent { get; set; } = -1;

    public string Source { get; set; } = "peers";

    public IReadOnlyList<Member> Members => _members;

    /// <summary>How often a node did not hear what another one sends: shall stay 0.</summary>
    public int Losses { get; private set; }

    /// <summary>A way to the nodes, one for each session.</summary>
    public HttpMessageHandler Transport() => new Handler(this);

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var member = _members.Single(m => m.Api.Authority == request.RequestUri!.Authority);
        switch ($"{request.Method} {request.RequestUri!.AbsolutePath}")
        {
            case "GET /loxi/v1/ha":
                return Answer(Status(member));
            case "GET /loxi/v1/ha/keys":
                return Answer(member.Keys());
            case "PUT /loxi/v1/ha/keys":
                if (Changes.Count == FailAt)
                {
                    FailAt = -1;
                    throw new HttpRequestException("connection refused");
                }

                member.Change(JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!);
                Changes.Add($"{member.Number} {member.Mode} {member.Send} [{string.Join(' ', member.Accepted.Select(static k => k.Id))}]");
                Losses += _members.Sum(a => _members.Count(b => a != b && !Hears(a, b)));
                return Answer(member.Keys());
            case "GET /loxi/v1/ha/peers":
                return Answer(new JsonObject { ["origin"] = "flags", ["self"] = member.Number, ["peers"] = new JsonArray([.. _members.Where(m => m != member).Select(m => (JsonNode)Settings(member, m))]) });
            case var put when put.StartsWith("PUT /loxi/v1/ha/peers/", StringComparison.Ordinal):
                var other = _members[int.Parse(put[^1..], System.Globalization.CultureInfo.InvariantCulture)];
                var told = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!;
                member.Known[other.Number] = [.. told["syncPins"]!.AsArray().Select(static pin => (string)pin!)];
                Told.Add($"{member.Number} {told["paths"]![0]!["address"]} {string.Join(' ', member.Known[other.Number])}");
                return Answer(Settings(member, other));
            default:
                return new HttpResponseMessage(HttpStatusCode.NotFound);
        }
    }

    private static bool Sends(Member member) => member.Mode is "permissive" or "enforce";

    private static bool Hears(Member hearer, Member sender) => Sends(sender)
        ? hearer.Mode != "bootstrap" && hearer.Accepted.Contains(sender.Accepted.Single(k => k.Id == sender.Send))
        : hearer.Mode != "enforce";

    private JsonObject Status(Member member) => new()
    {
        ["source"] = Source,
        ["node"] = member.Number,
        ["peers"] = new JsonArray([.. _members.Where(m => m != member).Select(m => (JsonNode)new JsonObject { ["node"] = m.Number, ["heard"] = m.Number != Silent && Hears(member, m), ["key"] = Sends(m) ? m.Send : null, ["sync"] = Stream(member, m) })]),
        ["sync"] = member.Pin is null ? null : new JsonObject { ["ready"] = true, ["pin"] = member.Pin },
    };

    private JsonObject? Stream(Member member, Member other)
    {
        var isOpen = !IsCut && other.Pin is not null && member.Pin is not null && member.KnownOf(other).Contains(other.Pin) && other.KnownOf(member).Contains(member.Pin);
        return member.KnownOf(other).Count == 0 ? null : new JsonObject { ["state"] = isOpen ? "ready" : "closed", ["live"] = isOpen, ["bulk"] = isOpen, ["problem"] = isOpen ? null : "nobody answers" };
    }

    private static JsonObject Settings(Member member, Member other) => new()
    {
        ["node"] = other.Number,
        ["paths"] = new JsonArray(new JsonObject { ["address"] = $"192.0.2.{other.Number}" }),
        ["syncPins"] = member.KnownOf(other) is { Count: > 0 } pins ? new JsonArray([.. pins.Select(static pin => (JsonNode)pin)]) : null,
    };

    private static HttpResponseMessage Answer(JsonNode body) => new(HttpStatusCode.OK) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };

    private sealed class Handler(PairedFake nodes) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => nodes.AnswerAsync(request, cancellationToken);
    }

    /// <summary>One node.</summary>
    internal sealed class Member(int number, Uri api)
    {
        public int Number { get; } = number;

        public Uri Api { get; } = api;

        public string Mode { get; set; } = "bootstrap";

        public int? Send { get; set; }

        public List<(int Id, string Secret)> Accepted { get; set; } = [];

        /// <summary>The own pin; null where connections are not kept alike.</summary>
        public string? Pin { get; set; }

        /// <summary>Pins of other nodes.</summary>
        public Dictionary<int, List<string>> Known { get; } = [];

        public List<string> KnownOf(Member other) => Known.GetValueOrDefault(other.Number, []);

        public JsonObject Keys() => new()
        {
            ["mode"] = Mode,
            ["send"] = Send,
            ["keys"] = new JsonArray([.. Accepted.Select(static k => (JsonNode)new JsonObject { ["id"] = k.Id, ["fingerprint"] = k.Secret })]),
        };

        public void Change(JsonNode wire)
        {
            Mode = (string?)wire["mode"] ?? Mode;
            if (wire["keys"] is JsonArray keys)
            {
                Accepted = [.. keys.Select(k => ((int)k!["id"]!, (string?)k["secret"] ?? Accepted.Single(a => a.Id == (int)k["id"]!).Secret))];
            }

            Send = (int?)wire["send"] ?? (Accepted.Exists(k => k.Id == Send) ? Send : Accepted[0].Id);
            if (!Accepted.Exists(k => k.Id == Send))
            {
                throw new JsonException("a key that is not there");
            }
        }
    }
}
