using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Node.Bfd;

namespace Loxi.Node.Rest;

/// <summary><c>/netlox/v1/config/bfd</c>.</summary>
internal sealed class BfdPaths(INodeBfd node)
{
    private const string Root = "/netlox/v1/config/bfd";

    private static readonly ApiParameter Peer = new("ip", "Address of the peer.") { IsInPath = true };
    private static readonly ApiParameter Instance = new("instance", "VIP group: llb-inst0, or its other name default. Default: llb-inst0.");
    private static readonly ApiParameter Interface = new("interface", "Interface of a link-local peer, where several sessions have the same.");

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(Root, (RequestDelegate)PutAsync)
            .Describe<ResultBody>(PutAsync, "Makes a BFD session, or changes the one with the same peer without a flap: what is absent stays as it is. 409 when it is just like this, or when what cannot be changed would have to.")
            .DescribeBody<BfdArguments>()
            .DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status500InternalServerError);
        endpoints.MapGet(Root + "/all", (RequestDelegate)ListAsync)
            .Describe<BfdList>(ListAsync, "The BFD sessions with their state, counters and last changes of state, in the order of their peers. 500 on a node that never had one.")
            .DescribeErrors(StatusCodes.Status500InternalServerError);
        endpoints.MapDelete(Root + "/remoteIP/{ip}", (RequestDelegate)RemoveAsync)
            .Describe<ResultBody>(RemoveAsync, "Deletes a BFD session: its peer is told that it is administratively down.", Peer, Instance, Interface)
            .DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status500InternalServerError);
    }

    private async Task PutAsync(HttpContext context)
    {
        var arguments = await Requests.ReadBodyAsync(context, LoxiJson.BfdArguments)
            ?? throw new RefusedRequestException(StatusCodes.Status422UnprocessableEntity, ApiErrors.Required, "attr in body is required");
        await AnswerAsync(context, await node.PutAsync(arguments, context.RequestAborted));
    }

    private async Task ListAsync(HttpContext context)
    {
        if (await node.ListAsync(context.RequestAborted) is not { } sessions)
        {
            await AnswerAsync(context, new BfdResult(BfdOutcome.NotRunning));
            return;
        }

        BfdEntry[] entries = [.. sessions.Select(BfdEntries.ToEntry)];
        await Answers.WriteAsync(context, new BfdList { Sessions = entries }, LoxiJson.BfdList);
    }

    private async Task RemoveAsync(HttpContext context)
    {
        var text = Requests.Text(context, "ip");
        if (!AddressText.TryParse(text, out var peer))
        {
            await AnswerAsync(context, new BfdResult(BfdOutcome.Malformed, [Problem.Of("remoteIP", text, "an IPv4 or IPv6 address")]));
            return;
        }

        var selector = new BfdSelector(context.Request.Query["instance"].ToString(), peer, context.Request.Query["interface"].ToString());
        await AnswerAsync(context, await node.RemoveAsync(selector, context.RequestAborted));
    }

    private static Task AnswerAsync(HttpContext context, BfdResult result) => result.Outcome switch
    {
        BfdOutcome.Done => Answers.SuccessAsync(context),
        BfdOutcome.Unchanged => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status409Conflict, ApiErrors.BfdExists)),
        BfdOutcome.Fixed => Answers.WriteAsync(context, ApiErrors.Conflict(ApiErrors.BfdExists, result.Problems)),
        BfdOutcome.Malformed => Answers.WriteAsync(context, ApiErrors.Malformed(ApiErrors.BfdArguments, result.Problems)),
        // loxilb's text and nothing more: its clients know it.
        BfdOutcome.IntervalTooLow => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status500InternalServerError, ApiErrors.BfdIntervalTooLow, result.Problems)),
        BfdOutcome.NoInstance => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, ApiErrors.NoInstance, result.Problems)),
        BfdOutcome.NotFound => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, ApiErrors.NoBfdSession)),
        BfdOutcome.LimitReached => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status403Forbidden, $"{ApiErrors.TooManyBfdSessions}: at most {BfdModel.Limit} sessions")),
        BfdOutcome.PortTaken => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status500InternalServerError, $"{ApiErrors.BfdNotStarted}: {result.Problems[0]}", result.Problems)),
        _ => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status500InternalServerError, ApiErrors.BfdNotRunning)),
    };
}
