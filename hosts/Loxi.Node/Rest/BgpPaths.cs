using Loxi.Api;
using Loxi.Api.Wire;
using Loxi.Node.Bgp;

namespace Loxi.Node.Rest;

/// <summary><c>/netlox/v1/config/bgp/global</c> and <c>neigh</c>.</summary>
internal sealed class BgpPaths(INodeBgp node)
{
    private const string Global = "/netlox/v1/config/bgp/global";
    private const string Neighbors = "/netlox/v1/config/bgp/neigh";
    private const string Neighbor = Neighbors + "/{ip}";

    private static readonly ApiParameter RemoteAs = new("remoteAs", "Has no effect: the address says which peer is meant.", Microsoft.OpenApi.JsonSchemaType.Integer);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(Global, (RequestDelegate)PutGlobalAsync)
            .Describe<ResultBody>(PutGlobalAsync, "Says who the BGP speaker is. Peers that are configured come up; another AS or identifier resets every session.")
            .DescribeBody<BgpGlobalArguments>().DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status500InternalServerError);
        endpoints.MapGet(Global, (RequestDelegate)GetGlobalAsync)
            .Describe<BgpGlobalArguments>(GetGlobalAsync, "Who the BGP speaker is.").DescribeErrors(StatusCodes.Status404NotFound);
        endpoints.MapDelete(Global, (RequestDelegate)RemoveGlobalAsync)
            .Describe<ResultBody>(RemoveGlobalAsync, "Ends the BGP speaker: every session is closed. Peers and policies stay configured.").DescribeErrors(StatusCodes.Status404NotFound);
        endpoints.MapPost(Neighbors, (RequestDelegate)PutAsync)
            .Describe<ResultBody>(PutAsync, "Makes a BGP peer, or changes the one with the same address: what is absent stays as it is, other sessions are not touched. 409 when it is just like this.")
            .DescribeBody<BgpNeighborArguments>()
            .DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict, StatusCodes.Status500InternalServerError);
        endpoints.MapGet(Neighbors + "/all", (RequestDelegate)ListAsync).Describe<BgpNeighborList>(ListAsync, "The BGP peers, in the order of their addresses.");
        endpoints.MapGet(Neighbor, (RequestDelegate)GetAsync)
            .Describe<BgpNeighborList>(GetAsync, "One BGP peer, in a list of its own.", BgpAnswers.Peer, BgpAnswers.Interface).DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        endpoints.MapDelete(Neighbor, (RequestDelegate)RemoveAsync)
            .Describe<ResultBody>(RemoveAsync, "Deletes a BGP peer: its session is closed.", BgpAnswers.Peer, RemoteAs, BgpAnswers.Interface)
            .DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
    }

    private async Task PutGlobalAsync(HttpContext context)
    {
        var arguments = await Requests.ReadBodyAsync(context, LoxiJson.BgpGlobalArguments) ?? throw BgpAnswers.NoBody();
        BgpResult Change(BgpModel model, out BgpModel desired) => model.PutSpeaker(arguments, node.Defaults, node.Host, out desired);
        await BgpAnswers.AnswerAsync(context, await node.ChangeAsync(Change, null, context.RequestAborted));
    }

    private async Task GetGlobalAsync(HttpContext context)
    {
        var model = await node.ReadAsync(context.RequestAborted);
        await (model.Speaker is { } speaker
            ? Answers.WriteAsync(context, BgpWire.InForce(speaker, node.Defaults), LoxiJson.BgpGlobalArguments)
            : BgpAnswers.AnswerAsync(context, new BgpResult(BgpOutcome.NoSpeaker)));
    }

    private async Task RemoveGlobalAsync(HttpContext context)
    {
        static BgpResult Change(BgpModel model, out BgpModel desired) => model.RemoveSpeaker(out desired);
        await BgpAnswers.AnswerAsync(context, await node.ChangeAsync(Change, null, context.RequestAborted));
    }

    private async Task PutAsync(HttpContext context)
    {
        var arguments = await Requests.ReadBodyAsync(context, LoxiJson.BgpNeighborArguments) ?? throw BgpAnswers.NoBody();
        BgpResult Change(BgpModel model, out BgpModel desired) => model.PutPeer(arguments, node.Defaults, node.Host, out desired);
        await BgpAnswers.AnswerAsync(context, await node.ChangeAsync(Change, arguments.ShutdownText, context.RequestAborted));
    }

    private async Task ListAsync(HttpContext context)
    {
        var entries = await EntriesAsync(static _ => true, context.RequestAborted);
        await Answers.WriteAsync(context, new BgpNeighborList { Neighbors = entries }, LoxiJson.BgpNeighborList);
    }

    private async Task GetAsync(HttpContext context)
    {
        if (await BgpAnswers.SelectAsync(context) is not { } selector)
        {
            return;
        }

        var entries = await EntriesAsync(peer => selector.Means(peer.Key), context.RequestAborted);
        await (entries.Length != 0
            ? Answers.WriteAsync(context, new BgpNeighborList { Neighbors = entries }, LoxiJson.BgpNeighborList)
            : BgpAnswers.AnswerAsync(context, new BgpResult(BgpOutcome.NoPeer)));
    }

    private async Task RemoveAsync(HttpContext context)
    {
        if (await BgpAnswers.SelectAsync(context) is not { } selector)
        {
            return;
        }

        BgpResult Change(BgpModel model, out BgpModel desired) => model.RemovePeer(selector, out desired);
        await BgpAnswers.AnswerAsync(context, await node.ChangeAsync(Change, null, context.RequestAborted));
    }

    private async Task<BgpNeighborEntry[]> EntriesAsync(Func<ConfiguredPeer, bool> isMeant, CancellationToken cancellationToken)
    {
        var model = await node.ReadAsync(cancellationToken);
        var reports = (await node.ReadPeersAsync(cancellationToken)).ToDictionary(static r => r.Key);
        return [.. model.InOrder.Where(isMeant).Select(peer => BgpEntries.ToEntry(peer, reports.GetValueOrDefault(peer.Key), model.Speaker is not null))];
    }
}
