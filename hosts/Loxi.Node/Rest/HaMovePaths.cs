using Loxi.Api;
using Loxi.Api.V1;
using Loxi.Core.Services;

namespace Loxi.Node.Rest;

/// <summary><c>/loxi/v1/ha/groups/{group}/switchover</c> and <c>/loxi/v1/ha/drain</c>.</summary>
internal sealed class HaMovePaths(INodeHaMoves node)
{
    private const string Switchover = "/loxi/v1/ha/groups/{group}/switchover";
    private const string Drain = "/loxi/v1/ha/drain";
    private static readonly ApiParameter Group = new("group", $"Name of the VIP group: {NameRules.Expected}.") { IsInPath = true };

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPut(Switchover, (RequestDelegate)SwitchOverAsync)
            .Describe<HaMove>(SwitchOverAsync, "Moves a VIP group from this node to another one, or with the number of this node in to from another one to this one; ends when the other node serves. 409 names what stands against it, or why it did not come about.", Group)
            .DescribeBody<HaMoveArguments>().DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        endpoints.MapPut(Drain, (RequestDelegate)DrainAsync)
            .Describe<HaDrain>(DrainAsync, "Gives all VIP groups away and takes none until it is deleted, over restarts too; ends when each is given away or is not to be had. 409 names what stands against it; then nothing is changed.")
            .DescribeBody<HaMoveArguments>().DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict);
        endpoints.MapDelete(Drain, (RequestDelegate)ResumeAsync)
            .Describe<HaDrain>(ResumeAsync, "Lets the node take roles again. It takes none from anybody.").DescribeErrors(StatusCodes.Status409Conflict);
    }

    private async Task SwitchOverAsync(HttpContext context)
    {
        var wire = await Requests.ReadBodyAsync(context, LoxiJson.HaMoveArguments) ?? throw BgpAnswers.NoBody();
        var result = await node.SwitchOverAsync(VipGroups.Resolve(Requests.Text(context, "group")), wire, context.RequestAborted);
        await AnswerAsync(context, result, () => Answers.WriteAsync(context, result.Moves[0], LoxiJson.HaMove));
    }

    private async Task DrainAsync(HttpContext context)
    {
        var wire = await Requests.ReadBodyAsync(context, LoxiJson.HaMoveArguments) ?? throw BgpAnswers.NoBody();
        var result = await node.DrainAsync(wire, context.RequestAborted);
        await AnswerAsync(context, result, () => Answers.WriteAsync(context, new HaDrain { Drained = true, Moves = result.Moves }, LoxiJson.HaDrain));
    }

    private async Task ResumeAsync(HttpContext context)
    {
        var result = await node.ResumeAsync(context.RequestAborted);
        await AnswerAsync(context, result, () => Answers.WriteAsync(context, new HaDrain(), LoxiJson.HaDrain));
    }

    private static Task AnswerAsync(HttpContext context, HaMoveResult result, Func<Task> done) => result.Outcome switch
    {
        HaMoveOutcome.NotFound => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, ApiErrors.NoGroup)),
        HaMoveOutcome.Malformed => Answers.WriteAsync(context, ApiErrors.Malformed(ApiErrors.MoveMalformed, result.Problems)),
        HaMoveOutcome.Refused => Answers.WriteAsync(context, ApiErrors.Conflict(ApiErrors.MoveRefused, result.Problems)),
        _ => done(),
    };
}
