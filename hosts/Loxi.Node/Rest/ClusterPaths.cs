using Loxi.Api;
using Loxi.Api.Wire;
using Loxi.Node.Roles;

namespace Loxi.Node.Rest;

/// <summary><c>/netlox/v1/config/cistate</c>: the roles that a controller gives.</summary>
internal sealed class ClusterPaths(INodeRoles node)
{
    private const string Root = "/netlox/v1/config/cistate";

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(Root, (RequestDelegate)PostAsync)
            .Describe<ResultBody>(PostAsync, "Sets the role of the node in a VIP group: MASTER, BACKUP, FAULT, STOP or NOT_DEFINED. From the first post on, a group without one has no role.")
            .DescribeBody<ClusterState>().DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden);
        endpoints.MapGet(Root + "/all", (RequestDelegate)ListAsync).Describe<ClusterStateList>(ListAsync, "The VIP groups and the role of the node in each, the default group first.");
    }

    private async Task PostAsync(HttpContext context)
    {
        var state = await Requests.ReadBodyAsync(context, LoxiJson.ClusterState) ?? throw BgpAnswers.NoBody();
        var result = await node.PostAsync(state, context.RequestAborted);
        await (result.Outcome switch
        {
            RoleOutcome.Done => Answers.SuccessAsync(context),
            RoleOutcome.Malformed => Answers.WriteAsync(context, ApiErrors.Malformed(ApiErrors.ClusterStateInvalid, result.Problems)),
            _ => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status403Forbidden, $"{ApiErrors.TooManyInstances}: at most {RoleModel.Limit} instances")),
        });
    }

    private Task ListAsync(HttpContext context) =>
        Answers.WriteAsync(context, new ClusterStateList { Instances = [.. node.Roles.ToWire()] }, LoxiJson.ClusterStateList);
}
