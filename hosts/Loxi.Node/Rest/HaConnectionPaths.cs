using System.Globalization;
using Loxi.Api;
using Loxi.Api.V1;
using Loxi.Core.Connections;
using Loxi.Node.Ha;

namespace Loxi.Node.Rest;

/// <summary><c>/loxi/v1/ha/connections</c>: what <c>loxictl get conntrack --compare</c> asks two nodes.</summary>
internal sealed class HaConnectionPaths(ConnectionSums connections, INodeHaSettings node)
{
    private const string Root = "/loxi/v1/ha/connections";
    private const int MostBuckets = 256;
    private static readonly string Expected = string.Create(CultureInfo.InvariantCulture, $"numbers and ranges of buckets, 0 to {ConnectionBuckets.Count - 1}, e.g. 0-99,4095, at most {MostBuckets} of them");

    // Each walks over all that the kernel has, and holds what it answers in memory.
    private const int MostAtOnce = 2;
    private int _walking;
    private static readonly ApiParameter Bucket = new("bucket", $"Which: {Expected}.");

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Root, (RequestDelegate)ListAsync)
            .Describe<HaConnectionList>(ListAsync, "The open connections of some buckets, as the kernel has them.", Bucket);
        endpoints.MapGet(Root + "/sums", (RequestDelegate)SumAsync)
            .Describe<HaConnectionSums>(SumAsync, "Sums over the open connections that the kernel has, for each of 4,096 buckets: equal where two nodes have the same.");
    }

    private async Task ListAsync(HttpContext context)
    {
        var text = context.Request.Query["bucket"].ToString();
        var buckets = Read(text) ?? throw Requests.WrongType("bucket", "query", Expected, text);
        var list = await WalkAsync(() => connections.List(buckets));
        await Answers.WriteAsync(context, new HaConnectionList { Connections = list }, LoxiJson.HaConnectionList);
    }

    private async Task SumAsync(HttpContext context)
    {
        var self = node.Self;
        await Answers.WriteAsync(context, await WalkAsync(() => connections.Sum(self)), LoxiJson.HaConnectionSums);
    }

    private async Task<T> WalkAsync<T>(Func<T> walk)
    {
        if (Interlocked.Increment(ref _walking) > MostAtOnce)
        {
            Interlocked.Decrement(ref _walking);
            throw new RefusedRequestException(
                StatusCodes.Status503ServiceUnavailable, StatusCodes.Status503ServiceUnavailable, $"{MostAtOnce} requests below {Root} are being answered: expected at most {MostAtOnce} at a time, ask again");
        }

        try
        {
            // A walk is not ended by who asked for it: its place is free when it has ended.
            return await Task.Run(walk, CancellationToken.None);
        }
        finally
        {
            Interlocked.Decrement(ref _walking);
        }
    }

    private static ConnectionBuckets? Read(string text)
    {
        var buckets = new ConnectionBuckets();
        foreach (var part in text.Split(','))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            if (!TryRead(dash < 0 ? part : part[..dash], out var first) || !TryRead(part[(dash + 1)..], out var last) || first > last)
            {
                return null;
            }

            for (var bucket = first; bucket <= last; bucket++)
            {
                buckets.Add(bucket);
            }
        }

        return buckets.Size <= MostBuckets ? buckets : null;
    }

    private static bool TryRead(string text, out int bucket) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bucket) && bucket < ConnectionBuckets.Count;
}
