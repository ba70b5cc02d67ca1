using System.Net;
using Loxi.Api;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.Node.Ha;

namespace Loxi.Node.Rest;

/// <summary><c>/loxi/v1/ha/peers</c> and <c>/loxi/v1/ha/keys</c>.</summary>
internal sealed class HaSettingsPaths(INodeHaSettings node)
{
    private const string Peers = "/loxi/v1/ha/peers";
    private const string One = Peers + "/{node}";
    private const string Keys = "/loxi/v1/ha/keys";
    private static readonly ApiParameter Node = new("node", "Number of the other node, its --self.", Microsoft.OpenApi.JsonSchemaType.Integer) { IsInPath = true };

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Peers, (RequestDelegate)ListAsync).Describe<HaPeerList>(ListAsync, "The other nodes as they are configured.");
        endpoints.MapDelete(Peers, (RequestDelegate)ResetAsync)
            .Describe<ResultBody>(ResetAsync, "Forgets what is stored of other nodes: they are those of the node's flags again, at once. 409 where the nodes do not decide.").DescribeErrors(StatusCodes.Status409Conflict);
        endpoints.MapGet(One, (RequestDelegate)GetAsync).Describe<HaPeerSettings>(GetAsync, "Another node as it is configured.", Node).DescribeErrors(StatusCodes.Status404NotFound);
        endpoints.MapPut(One, (RequestDelegate)PutAsync)
            .Describe<HaPeerSettings>(PutAsync, "Adds another node, or changes the ways to it or its pins, without a change of role of the others; stored. 409 for the own number, and where the nodes do not decide: that changes with a restart only.", Node)
            .DescribeBody<HaPeerSettings>().DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict);
        endpoints.MapDelete(One, (RequestDelegate)RemoveAsync)
            .Describe<ResultBody>(RemoveAsync, "Takes another node away; stored. 409 for the last one.", Node).DescribeErrors(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        endpoints.MapGet(Keys, (RequestDelegate)GetKeysAsync).Describe<HaKeys>(GetKeysAsync, "How HELLOs are authenticated, without secrets.");
        endpoints.MapPut(Keys, (RequestDelegate)SetKeysAsync)
            .Describe<HaKeys>(SetKeysAsync, "Changes mode, keys and sending key; stored. 403 for secrets that came neither over loopback nor over TLS; 409 when a node that is heard would not be any more (unless force), when the node would send without authentication again, and where the nodes do not decide.")
            .DescribeBody<HaKeysArguments>().DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict);
    }

    private async Task ListAsync(HttpContext context)
    {
        var model = await node.ReadSettingsAsync(context.RequestAborted);
        await Answers.WriteAsync(context, new HaPeerList { Origin = HaOrigin.Of(model.ArePeersStored), Self = node.Self, Peers = [.. model.Peers.Select(peer => HaPeerReader.ToWire(peer, model))] }, LoxiJson.HaPeerList);
    }

    private async Task GetAsync(HttpContext context)
    {
        var number = Requests.Number(context, "node");
        var model = await node.ReadSettingsAsync(context.RequestAborted);
        await (model.Peers.FirstOrDefault(p => p.NodeId == number) is { } peer
            ? Answers.WriteAsync(context, HaPeerReader.ToWire(peer, model), LoxiJson.HaPeerSettings)
            : AnswerAsync(context, new HaChange(HaChangeOutcome.NotFound, model, []), () => Task.CompletedTask));
    }

    private async Task PutAsync(HttpContext context)
    {
        var wire = await Requests.ReadBodyAsync(context, LoxiJson.HaPeerSettings) ?? throw BgpAnswers.NoBody();
        var number = NumberOf(context);
        var change = await node.PutPeerAsync(number, wire, context.RequestAborted);
        await AnswerAsync(context, change, () => Answers.WriteAsync(context, HaPeerReader.ToWire(change.Model.Peers.Single(p => p.NodeId == number), change.Model), LoxiJson.HaPeerSettings));
    }

    private async Task RemoveAsync(HttpContext context) => await AnswerAsync(context, await node.RemovePeerAsync(NumberOf(context), context.RequestAborted), () => Answers.SuccessAsync(context));

    private async Task ResetAsync(HttpContext context) => await AnswerAsync(context, await node.ResetPeersAsync(context.RequestAborted), () => Answers.SuccessAsync(context));

    private async Task GetKeysAsync(HttpContext context) => await Answers.WriteAsync(context, HaKeysReader.ToWire(await node.ReadSettingsAsync(context.RequestAborted)), LoxiJson.HaKeys);

    internal async Task SetKeysAsync(HttpContext context)
    {
        var wire = await Requests.ReadBodyAsync(context, LoxiJson.HaKeysArguments) ?? throw BgpAnswers.NoBody();
        if ((wire.Keys ?? []).Any(static k => k?.Secret is not null) && !IsPrivate(context))
        {
            await Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status403Forbidden, $"{ApiErrors.KeysInTheOpen}: secrets came from {context.Connection.RemoteIpAddress} in plain text, expected loopback (ssh -L) or TLS; nothing was changed, and who was listening has them now"));
            return;
        }

        var change = await node.SetKeysAsync(wire, context.RequestAborted);
        await (change.Outcome switch
        {
            HaChangeOutcome.Done => Answers.WriteAsync(context, HaKeysReader.ToWire(change.Model), LoxiJson.HaKeys),
            HaChangeOutcome.Refused => Answers.WriteAsync(context, ApiErrors.Conflict(ApiErrors.KeysInUse, change.Problems)),
            _ => Answers.WriteAsync(context, ApiErrors.Malformed(ApiErrors.KeysMalformed, change.Problems)),
        });
    }

    private static bool IsPrivate(HttpContext context) =>
        context.Request.IsHttps || (context.Connection.RemoteIpAddress is { } source && IPAddress.IsLoopback(source.IsIPv4MappedToIPv6 ? source.MapToIPv4() : source));

    /// <summary>A number that no node can have is no node's.</summary>
    private static int NumberOf(HttpContext context) => (int)Math.Clamp(Requests.Number(context, "node"), -1, ushort.MaxValue + 1);

    private static Task AnswerAsync(HttpContext context, HaChange change, Func<Task> done) => change.Outcome switch
    {
        HaChangeOutcome.NotFound => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, ApiErrors.NoPeer)),
        HaChangeOutcome.Malformed => Answers.WriteAsync(context, ApiErrors.Malformed(ApiErrors.PeerMalformed, change.Problems)),
        HaChangeOutcome.Refused => Answers.WriteAsync(context, ApiErrors.Conflict(ApiErrors.PeerFixed, change.Problems)),
        HaChangeOutcome.LimitReached => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status403Forbidden, $"{ApiErrors.TooManyPeers}: {change.Problems[0]}", change.Problems)),
        _ => done(),
    };
}
