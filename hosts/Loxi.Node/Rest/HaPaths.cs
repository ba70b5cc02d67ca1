using Loxi.Api;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.Core.Services;
using Loxi.Node.Ha;

namespace Loxi.Node.Rest;

/// <summary><c>/loxi/v1/ha</c>.</summary>
internal sealed class HaPaths(INodeHa node)
{
    private const string Root = "/loxi/v1/ha";
    private const string Checks = Root + "/check";
    private const string Pin = Root + "/groups/{group}/pin";
    private static readonly ApiParameter Group = new("group", $"Name of the VIP group: {NameRules.Expected}.") { IsInPath = true };

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Root, (RequestDelegate)GetAsync)
            .Describe<HaStatus>(GetAsync, "Who serves the addresses that nodes share, since when and why: VIP groups, other nodes, alarms.");
        endpoints.MapGet(Checks, (RequestDelegate)CheckAsync)
            .Describe<HaCheck>(CheckAsync, "What on the host of the node stands against a failover: clock, MTU, settings of interfaces, the data plane; with what was found, what is expected and how to mend it.");
        endpoints.MapPut(Pin, (RequestDelegate)PinAsync)
            .Describe<ResultBody>(PinAsync, "Keeps the node a backup in a VIP group, over restarts too. A master hands the role to another node that is ready.", Group).DescribeErrors(StatusCodes.Status404NotFound);
        endpoints.MapDelete(Pin, (RequestDelegate)UnpinAsync)
            .Describe<ResultBody>(UnpinAsync, "Lets the node serve a VIP group again. It takes the role from nobody.", Group).DescribeErrors(StatusCodes.Status404NotFound);
    }

    private async Task GetAsync(HttpContext context) => await Answers.WriteAsync(context, HaWire.ToWire(await node.ReadAsync(context.RequestAborted)), LoxiJson.HaStatus);

    private async Task CheckAsync(HttpContext context) => await Answers.WriteAsync(context, new HaCheck { Findings = await node.CheckAsync(context.RequestAborted) }, LoxiJson.HaCheck);

    private async Task PinAsync(HttpContext context) => await AnswerAsync(context, await node.PinAsync(GroupOf(context), context.RequestAborted));

    private async Task UnpinAsync(HttpContext context) => await AnswerAsync(context, await node.UnpinAsync(GroupOf(context), context.RequestAborted));

    private static string GroupOf(HttpContext context) => VipGroups.Resolve(Requests.Text(context, "group"));

    private static Task AnswerAsync(HttpContext context, bool isDone) =>
        isDone ? Answers.SuccessAsync(context) : Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, ApiErrors.NoGroup));
}
