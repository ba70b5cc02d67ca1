using System.Net;
using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Bgp;
using Loxi.Core;
using Loxi.Node.Bgp;

namespace Loxi.Node.Rest;

/// <summary><c>/netlox/v1/config/bgp/dynamicneigh</c>: peers that are known by a prefix only. loxilb has none; named as GoBGP names them.</summary>
internal sealed class BgpDynamicPaths(INodeBgp node)
{
    private const string Ranges = "/netlox/v1/config/bgp/dynamicneigh";

    private static readonly ApiParameter Address = new("ip", "First address of the prefix.") { IsInPath = true };
    private static readonly ApiParameter Length = new("length", "Length of the prefix.") { IsInPath = true };
    private static readonly ApiParameter Interface = new("interface", "Interface of a link-local prefix, where several have the same.");

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(Ranges, (RequestDelegate)PutAsync)
            .Describe<ResultBody>(PutAsync, "Lets BGP peers of a prefix connect without being listed, or changes the entry of the same prefix: what is absent stays as it is. 409 when it is just like this.")
            .DescribeBody<BgpDynamicNeighborArguments>()
            .DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict, StatusCodes.Status500InternalServerError);
        endpoints.MapGet(Ranges + "/all", (RequestDelegate)ListAsync).Describe<BgpDynamicNeighborList>(ListAsync, "The dynamic neighbours, in the order of their prefixes.");
        endpoints.MapDelete(Ranges + "/{ip}/{length}", (RequestDelegate)RemoveAsync)
            .Describe<ResultBody>(RemoveAsync, "Takes dynamic neighbours away: the sessions of those that came are closed.", Address, Length, Interface)
            .DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
    }

    private async Task PutAsync(HttpContext context)
    {
        var arguments = await Requests.ReadBodyAsync(context, LoxiJson.BgpDynamicNeighborArguments) ?? throw BgpAnswers.NoBody();
        BgpResult Change(BgpModel model, out BgpModel desired) => model.PutRange(arguments, out desired);
        await BgpAnswers.AnswerAsync(context, await node.ChangeAsync(Change, null, context.RequestAborted));
    }

    private async Task ListAsync(HttpContext context)
    {
        var model = await node.ReadAsync(context.RequestAborted);
        var peers = (await node.ReadPeersAsync(context.RequestAborted)).Where(static p => p.IsDynamic).ToArray();
        BgpDynamicNeighborEntry[] entries = [.. model.RangesInOrder.Select(range => new BgpDynamicNeighborEntry(BgpWire.ToArguments(range, withPassword: false))
        {
            Peers = peers.Count(peer => peer.Range is { } of && of.Network == range.Network && (range.Key.Interface is null || of.Settings.Interface == range.Key.Interface)),
            HasPassword = range.Settings.Md5Password is null ? null : true,
        })];
        await Answers.WriteAsync(context, new BgpDynamicNeighborList { Neighbors = entries }, LoxiJson.BgpDynamicNeighborList);
    }

    private async Task RemoveAsync(HttpContext context)
    {
        var text = $"{Requests.Text(context, "ip")}/{Requests.Text(context, "length")}";
        if (!PrefixText.TryParse(text, out var network))
        {
            await BgpAnswers.AnswerAsync(context, new BgpResult(BgpOutcome.Malformed, [Problem.Of("ip", text, PrefixText.Expected)]));
            return;
        }

        var link = context.Request.Query["interface"].ToString();
        BgpResult Change(BgpModel model, out BgpModel desired) => model.RemoveRange(network, link, out desired);
        await BgpAnswers.AnswerAsync(context, await node.ChangeAsync(Change, null, context.RequestAborted));
    }
}
