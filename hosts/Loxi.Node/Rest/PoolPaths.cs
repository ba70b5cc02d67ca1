using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.Core.Services;
using Loxi.Nat.Tables;

namespace Loxi.Node.Rest;

/// <summary><c>/loxi/v1/pools</c>.</summary>
internal sealed class PoolPaths(INodePools node)
{
    private const string Root = "/loxi/v1/pools";
    private const string One = Root + "/{name}";
    private static readonly ApiParameter Name = new("name", $"Name of the pool: {NameRules.Expected}.") { IsInPath = true };

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Root, (RequestDelegate)ListAsync).Describe<PoolList>(ListAsync, "The source pools, in the order of their names.");
        endpoints.MapGet(One, (RequestDelegate)GetAsync).Describe<Pool>(GetAsync, "One source pool.", Name).DescribeErrors(StatusCodes.Status404NotFound);
        endpoints.MapPut(One, (RequestDelegate)PutAsync)
            .Describe<Pool>(PutAsync, "Creates a source pool, or takes the place of the one of this name. 409 when another VIP group has one of the addresses, or a service could not use the pool any more.", Name)
            .DescribeBody<Pool>().DescribeErrors(StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict);
        endpoints.MapDelete(One, (RequestDelegate)DeleteAsync)
            .Describe<ResultBody>(DeleteAsync, "Deletes a source pool. 409 while a service uses it.", Name).DescribeErrors(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }

    private async Task ListAsync(HttpContext context)
    {
        var pools = await node.ReadPoolsAsync(context.RequestAborted);
        await Answers.WriteAsync(context, new PoolList { Pools = [.. pools.Select(PoolMapper.ToWire)] }, LoxiJson.PoolList);
    }

    private async Task GetAsync(HttpContext context)
    {
        var pools = await node.ReadPoolsAsync(context.RequestAborted);
        await (pools.TryGet(Requests.Text(context, "name"), out var pool)
            ? Answers.WriteAsync(context, PoolMapper.ToWire(pool), LoxiJson.Pool)
            : AnswerAsync(context, new PoolResult(PoolOutcome.NotFound), () => Task.CompletedTask));
    }

    private async Task PutAsync(HttpContext context)
    {
        var wire = await Requests.ReadBodyAsync(context, LoxiJson.Pool)
            ?? throw new RefusedRequestException(StatusCodes.Status422UnprocessableEntity, ApiErrors.Required, "attr in body is required");
        var mapping = PoolMapper.ToPool(wire, Requests.Text(context, "name"));
        if (!mapping.IsValid)
        {
            await Answers.WriteAsync(context, ApiErrors.Malformed(ApiErrors.PoolMalformed, mapping.Problems));
            return;
        }

        try
        {
            var result = await node.PutPoolAsync(mapping.Pool, context.RequestAborted);
            await AnswerAsync(context, result, () => Answers.WriteAsync(context, PoolMapper.ToWire(mapping.Pool), LoxiJson.Pool));
        }
        catch (TableFullException e)
        {
            await Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status403Forbidden, $"{ApiErrors.TooManyPools}: {e.Message}"));
        }
    }

    private async Task DeleteAsync(HttpContext context)
    {
        var result = await node.DeletePoolAsync(Requests.Text(context, "name"), context.RequestAborted);
        await AnswerAsync(context, result, () => Answers.SuccessAsync(context));
    }

    private static Task AnswerAsync(HttpContext context, PoolResult result, Func<Task> done) => result.Outcome switch
    {
        PoolOutcome.NotFound => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, ApiErrors.NoPool)),
        PoolOutcome.InUse => Answers.WriteAsync(context, ApiErrors.Conflict(ApiErrors.PoolInUse, result.Problems)),
        PoolOutcome.Owned => Answers.WriteAsync(context, ApiErrors.Conflict(ApiErrors.PoolOwned, result.Problems)),
        PoolOutcome.LimitReached => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status403Forbidden, $"{ApiErrors.TooManyPools}: at most {ServiceLimits.SourcePools} pools")),
        _ => done(),
    };
}
