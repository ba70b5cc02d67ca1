using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.Bgp;
using Loxi.Core;
using Loxi.Node.Bgp;
using Microsoft.OpenApi;

namespace Loxi.Node.Rest;

/// <summary><c>/loxi/v1/bgp</c>.</summary>
internal sealed class BgpStatePaths(INodeBgp node)
{
    private const string Peers = "/loxi/v1/bgp/peers";
    private const string Peer = Peers + "/{ip}";
    private const string Routes = "/loxi/v1/bgp/routes";
    private const int DefaultLimit = 1_000;
    private const int GreatestLimit = 100_000;
    private const string ExpectedReset = "hard, soft, soft-in or soft-out";

    private static readonly string[] Kinds = ["in", "rejected", "best", "out"];

    private static readonly ApiParameter[] RouteParameters =
    [
        new("kind", "in: routes of peers that are used; rejected: those that are not, and why; best: the best of each prefix; out: what was sent to the peer that peer names. Default: best.") { Values = Kinds },
        new("peer", "Only routes from, or to, this peer."),
        BgpAnswers.Interface,
        new("family", "Only this family.") { Values = ["ipv4", "ipv6"] },
        new("prefix", "Only prefixes within this one."),
        new("limit", $"Most routes in the answer, 1 to {GreatestLimit}; default {DefaultLimit}.", JsonSchemaType.Integer),
        new("after", "What next of the page before says."),
    ];

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Peers, (RequestDelegate)ListAsync).Describe<BgpPeerList>(ListAsync, "The BGP peers with sessions, routes and counters.");
        endpoints.MapGet(Peer, (RequestDelegate)GetAsync)
            .Describe<BgpPeer>(GetAsync, "One BGP peer, with the last ends of its sessions and its last malformed messages.", BgpAnswers.Peer, BgpAnswers.Interface)
            .DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        endpoints.MapPost(Peer + "/reset", (RequestDelegate)ResetAsync)
            .Describe<ResultBody>(ResetAsync, "Resets the session with a peer, or only lets routes pass the policies anew.", BgpAnswers.Peer, BgpAnswers.Interface)
            .DescribeBody<BgpReset>().DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        endpoints.MapPost(Peer + "/shutdown", (RequestDelegate)ShutDownAsync)
            .Describe<ResultBody>(ShutDownAsync, "Takes the session with a peer down until it is started; kind has no effect.", BgpAnswers.Peer, BgpAnswers.Interface)
            .DescribeBody<BgpReset>().DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        endpoints.MapPost(Peer + "/start", (RequestDelegate)StartAsync)
            .Describe<ResultBody>(StartAsync, "Lets the session with a peer come up again.", BgpAnswers.Peer, BgpAnswers.Interface).DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        endpoints.MapGet(Routes, (RequestDelegate)ListRoutesAsync).Describe<BgpRouteList>(ListRoutesAsync, "BGP routes, page by page, in the order of their prefixes.", RouteParameters);
    }

    private async Task ListAsync(HttpContext context)
    {
        var speakerAs = await SpeakerAsAsync(context);
        var peers = await node.ReadPeersAsync(context.RequestAborted);
        await Answers.WriteAsync(context, new BgpPeerList { Peers = [.. peers.Select(peer => BgpReports.ToPeer(peer, speakerAs))] }, LoxiJson.BgpPeerList);
    }

    private async Task GetAsync(HttpContext context)
    {
        if (await FindAsync(context) is not { } peer)
        {
            return;
        }

        var errors = await node.ReadErrorsAsync(peer.Key, context.RequestAborted);
        await Answers.WriteAsync(context, BgpReports.ToPeer(peer, await SpeakerAsAsync(context), errors ?? new BgpPeerErrors([], [])), LoxiJson.BgpPeer);
    }

    private async Task ResetAsync(HttpContext context)
    {
        var reset = await Requests.ReadBodyAsync(context, LoxiJson.BgpReset) ?? new BgpReset();
        var problems = new List<Problem>();
        if (!BgpNames.TryParse<BgpResetKind>(string.IsNullOrEmpty(reset.Kind) ? "hard" : reset.Kind, out var kind))
        {
            problems.Add(Problem.Of("kind", reset.Kind, ExpectedReset));
        }

        if (BgpReader.CheckText("text", reset.Text) is { } tooLong)
        {
            problems.Add(tooLong);
        }

        if (problems.Count != 0)
        {
            await BgpAnswers.AnswerAsync(context, new BgpResult(BgpOutcome.Malformed, [.. problems]));
        }
        else if (await FindAsync(context) is { } peer)
        {
            var found = await node.ResetAsync(peer.Key, kind!.Value, reset.Text ?? "", context.RequestAborted);
            await BgpAnswers.AnswerAsync(context, new BgpResult(found ? BgpOutcome.Done : BgpOutcome.NoPeer));
        }
    }

    private Task ShutDownAsync(HttpContext context) => ShutDownAsync(context, isDown: true);

    private Task StartAsync(HttpContext context) => ShutDownAsync(context, isDown: false);

    private async Task ShutDownAsync(HttpContext context, bool isDown)
    {
        var body = context.Request.ContentLength is 0 or null ? null : await Requests.ReadBodyAsync(context, LoxiJson.BgpReset);
        if (await BgpAnswers.SelectAsync(context) is { } selector)
        {
            BgpResult Change(BgpModel model, out BgpModel desired) => model.ShutDown(selector, isDown, body?.Text, out desired);
            await BgpAnswers.AnswerAsync(context, await node.ChangeAsync(Change, body?.Text, context.RequestAborted));
        }
    }

    private async Task ListRoutesAsync(HttpContext context)
    {
        var query = ReadQuery(context);
        try
        {
            var page = await node.ReadRoutesAsync(query, context.RequestAborted);
            await Answers.WriteAsync(context, new BgpRouteList { Routes = [.. page.Routes.Select(BgpReports.ToRoute)], Next = page.Next }, LoxiJson.BgpRouteList);
        }
        catch (FormatException)
        {
            throw Requests.WrongType("after", "query", "next of a page", query.After ?? "");
        }
    }

    private static BgpRouteQuery ReadQuery(HttpContext context)
    {
        string? Get(string name) => context.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;
        var kind = Get("kind") ?? "best";
        var limit = context.Request.Query.ContainsKey("limit") ? Requests.QueryNumber(context, "limit") : DefaultLimit;
        if (limit is < 1 or > GreatestLimit)
        {
            throw Requests.WrongType("limit", "query", $"number from 1 to {GreatestLimit}", context.Request.Query["limit"].ToString());
        }

        if (kind == "out" && Get("peer") is null)
        {
            // What was sent differs from peer to peer.
            throw Requests.WrongType("peer", "query", "IP address, with kind out", "");
        }

        return new BgpRouteQuery(Array.IndexOf(Kinds, kind) is >= 0 and var index ? (BgpRouteKind)index : throw Requests.WrongType("kind", "query", "in, rejected, best or out", kind))
        {
            Peer = Get("peer") is not { } peer ? null
                : AddressText.TryParse(peer, out var address) ? new BgpPeerKey(address, address.IsIPv6LinkLocal ? Get("interface") : null)
                : throw Requests.WrongType("peer", "query", "IP address", peer),
            Family = Get("family") is not { } family ? null : BgpNames.TryParseFamily(family, out var value) ? value : throw Requests.WrongType("family", "query", BgpNames.ExpectedFamily, family),
            Within = Get("prefix") is not { } prefix ? null : PrefixText.TryParse(prefix, out var network) ? network : throw Requests.WrongType("prefix", "query", PrefixText.Expected, prefix),
            Limit = (int)limit,
            After = Get("after"),
        };
    }

    private async Task<uint> SpeakerAsAsync(HttpContext context) => (await node.ReadAsync(context.RequestAborted)).Speaker?.LocalAs ?? 0;

    /// <summary>The peer that is meant, dynamic ones too; null, and an answer, when there is none.</summary>
    private async Task<BgpPeerReport?> FindAsync(HttpContext context)
    {
        if (await BgpAnswers.SelectAsync(context) is not { } selector)
        {
            return null;
        }

        var peers = await node.ReadPeersAsync(context.RequestAborted);
        BgpPeerReport[] meant = [.. peers.Where(peer => selector.Means(peer.Key))];
        if (meant.Length == 1)
        {
            return meant[0];
        }

        await BgpAnswers.AnswerAsync(context, meant.Length == 0
            ? new BgpResult(BgpOutcome.NoPeer)
            : new BgpResult(BgpOutcome.Malformed, [Problem.Of(BgpFields.Interface, "", $"one of {string.Join(", ", meant.Select(static peer => peer.Key.Interface))}")]));
        return null;
    }
}
