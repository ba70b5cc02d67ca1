using Loxi.Api;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Node.Bgp;

namespace Loxi.Node.Rest;

/// <summary><c>/netlox/v1/config/bgp/policy</c>.</summary>
internal sealed class BgpPolicyPaths(INodeBgp node)
{
    private const string Root = "/netlox/v1/config/bgp/policy";
    private const string Sets = Root + "/definedsets/{type}";
    private const string Set = Sets + "/{name}";
    private const string Definitions = Root + "/definitions";
    private const string Application = Root + "/apply";
    private const string All = "all";

    private static readonly ApiParameter Kind = new("type", "Kind of the set.") { IsInPath = true, Values = ["prefix", "neighbor", "community", "extcommunity", "largecommunity", "aspath"] };
    private static readonly ApiParameter SetName = new("name", "Name of the set; all for every one.") { IsInPath = true };
    private static readonly ApiParameter PolicyName = new("name", "Name of the policy.") { IsInPath = true };

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(Sets, (RequestDelegate)PutSetAsync)
            .Describe<ResultBody>(PutSetAsync, "Makes a defined set, or takes the place of the one of this name.", Kind).DescribeBody<BgpDefinedSet>().DescribeErrors(StatusCodes.Status400BadRequest);
        endpoints.MapGet(Set, (RequestDelegate)GetSetAsync)
            .Describe<BgpDefinedSetList>(GetSetAsync, "Defined sets of a kind: all, or one.", Kind, SetName).DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        endpoints.MapDelete(Set, (RequestDelegate)RemoveSetAsync)
            .Describe<ResultBody>(RemoveSetAsync, "Deletes a defined set. 409 while a policy uses it.", Kind, SetName).DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        endpoints.MapPost(Definitions, (RequestDelegate)PutPolicyAsync)
            .Describe<ResultBody>(PutPolicyAsync, "Makes a policy, or takes the place of the one of this name; routes pass it anew.").DescribeBody<BgpPolicyDefinition>().DescribeErrors(StatusCodes.Status400BadRequest);
        endpoints.MapGet(Definitions + "/all", (RequestDelegate)ListPoliciesAsync).Describe<BgpPolicyList>(ListPoliciesAsync, "The policies, in the order of their names.");
        endpoints.MapDelete(Definitions + "/{name}", (RequestDelegate)RemovePolicyAsync)
            .Describe<ResultBody>(RemovePolicyAsync, "Deletes a policy. 409 while routes of a peer pass it.", PolicyName).DescribeErrors(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        endpoints.MapPost(Application, (RequestDelegate)ApplyAsync)
            .Describe<ResultBody>(ApplyAsync, "Lets routes from (import) or to (export) a peer pass policies, after those that they pass already.")
            .DescribeBody<BgpPolicyApplication>().DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        endpoints.MapDelete(Application, (RequestDelegate)UnapplyAsync)
            .Describe<ResultBody>(UnapplyAsync, "Lets routes pass policies no longer; without names none at all.").DescribeBody<BgpPolicyApplication>().DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
    }

    private async Task PutSetAsync(HttpContext context)
    {
        var set = await Requests.ReadBodyAsync(context, LoxiJson.BgpDefinedSet) ?? throw BgpAnswers.NoBody();
        if (await KindAsync(context) is { } kind)
        {
            BgpResult Change(BgpModel model, out BgpModel desired) => model.PutSet(kind, set, out desired);
            await AnswerAsync(context, Change);
        }
    }

    private async Task GetSetAsync(HttpContext context)
    {
        if (await KindAsync(context) is not { } kind)
        {
            return;
        }

        var name = Requests.Text(context, "name");
        var model = await node.ReadAsync(context.RequestAborted);
        BgpDefinedSet[] sets = [.. BgpPolicyWire.SetsOf(model.Policies, kind).Where(set => name == All || set.Name == name)];
        await (sets.Length != 0 || name == All
            ? Answers.WriteAsync(context, new BgpDefinedSetList { Sets = sets }, LoxiJson.BgpDefinedSetList)
            : BgpAnswers.AnswerAsync(context, new BgpResult(BgpOutcome.NoSet)));
    }

    private async Task RemoveSetAsync(HttpContext context)
    {
        if (await KindAsync(context) is { } kind)
        {
            BgpResult Change(BgpModel model, out BgpModel desired) => model.RemoveSet(kind, Requests.Text(context, "name"), out desired);
            await AnswerAsync(context, Change);
        }
    }

    private async Task PutPolicyAsync(HttpContext context)
    {
        var policy = await Requests.ReadBodyAsync(context, LoxiJson.BgpPolicyDefinition) ?? throw BgpAnswers.NoBody();
        BgpResult Change(BgpModel model, out BgpModel desired) => model.PutPolicy(policy, out desired);
        await AnswerAsync(context, Change);
    }

    private async Task ListPoliciesAsync(HttpContext context)
    {
        var model = await node.ReadAsync(context.RequestAborted);
        await Answers.WriteAsync(context, new BgpPolicyList { Policies = [.. model.Policies.Policies.Select(BgpPolicyWire.ToWire)] }, LoxiJson.BgpPolicyList);
    }

    private Task RemovePolicyAsync(HttpContext context)
    {
        BgpResult Change(BgpModel model, out BgpModel desired) => model.RemovePolicy(Requests.Text(context, "name"), out desired);
        return AnswerAsync(context, Change);
    }

    private Task ApplyAsync(HttpContext context) => ApplyAsync(context, isRemoval: false);

    private Task UnapplyAsync(HttpContext context) => ApplyAsync(context, isRemoval: true);

    private async Task ApplyAsync(HttpContext context, bool isRemoval)
    {
        var application = await Requests.ReadBodyAsync(context, LoxiJson.BgpPolicyApplication) ?? throw BgpAnswers.NoBody();
        BgpResult Change(BgpModel model, out BgpModel desired) => model.Apply(application, isRemoval, out desired);
        await AnswerAsync(context, Change);
    }

    private static async Task<BgpSetKind?> KindAsync(HttpContext context)
    {
        var text = Requests.Text(context, "type");
        if (BgpModel.TryParseKind(text, out var kind))
        {
            return kind;
        }

        await BgpAnswers.AnswerAsync(context, new BgpResult(BgpOutcome.Malformed, [Problem.Of("type", text, BgpModel.ExpectedKind)]));
        return null;
    }

    private async Task AnswerAsync(HttpContext context, BgpChange change) => await BgpAnswers.AnswerAsync(context, await node.ChangeAsync(change, null, context.RequestAborted));
}
