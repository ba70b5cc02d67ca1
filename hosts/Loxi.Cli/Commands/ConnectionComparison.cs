using System.Globalization;
using Loxi.Api.V1;

namespace Loxi.Cli.Commands;

/// <summary>
/// Finds the open connections that two nodes do not have alike, by the tables of their kernels: first by sums over 4,096 buckets, then, in buckets whose sums differ, one by one. While traffic runs the two are never read at
/// the same moment: only what is so each of several times is a difference.
/// </summary>
/// <param name="here">Asks this node.</param>
/// <param name="there">Asks the other one.</param>
/// <param name="time">For the time between two looks.</param>
internal sealed class ConnectionComparison(ComparedNode here, ComparedNode there, TimeProvider time)
{
    /// <summary>How often a difference must be seen.</summary>
    public const int Looks = 3;

    private const int BucketsAtOnce = 256;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    /// <summary>The sums of this node.</summary>
    public HaConnectionSums Here { get; private set; } = new();

    /// <summary>The sums of the other one.</summary>
    public HaConnectionSums There { get; private set; } = new();

    /// <summary>Reads the sums.</summary>
    public async Task BeginAsync()
    {
        var sums = await Task.WhenAll(here.Sums(), there.Sums());
        (Here, There) = (sums[0], sums[1]);
    }

    /// <summary>Reads what differs.</summary>
    public async Task<IReadOnlyList<ConnectionDifference>> FindAsync(CancellationToken cancellationToken)
    {
        var buckets = Enumerable.Range(0, Math.Max(Here.Sums.Count, There.Sums.Count)).Where(i => Here.Sums.ElementAtOrDefault(i) != There.Sums.ElementAtOrDefault(i)).ToList();
        var found = await LookAsync(buckets);
        for (var look = 1; look < Looks && found.Count > 0; look++)
        {
            await Task.Delay(Between, time, cancellationToken);
            var again = await LookAsync([.. found.Values.Select(static d => d.Any.Bucket).Distinct().Order()]);
            found = again.Where(d => found.TryGetValue(d.Key, out var former) && d.Value.IsStill(former)).ToDictionary();
        }

        return [.. found.Values.OrderBy(static d => d.Kind, StringComparer.Ordinal).ThenBy(static d => ConnectionDifference.KeyOf(d.Any))];
    }

    /// <summary>What differs in some buckets at this moment.</summary>
    private async Task<Dictionary<(string, string, int, string, int), ConnectionDifference>> LookAsync(IReadOnlyList<int> buckets)
    {
        var differences = new Dictionary<(string, string, int, string, int), ConnectionDifference>();
        foreach (var part in buckets.Chunk(BucketsAtOnce))
        {
            var text = Ranges(part);
            var lists = await Task.WhenAll(here.List(text), there.List(text));
            // A table that changes while it is read may tell one twice.
            var others = lists[1].Connections.DistinctBy(ConnectionDifference.KeyOf).ToDictionary(ConnectionDifference.KeyOf);
            foreach (var own in lists[0].Connections.DistinctBy(ConnectionDifference.KeyOf))
            {
                others.Remove(ConnectionDifference.KeyOf(own), out var other);
                if (!ConnectionDifference.AreAlike(own, other))
                {
                    differences[ConnectionDifference.KeyOf(own)] = new ConnectionDifference(own, other);
                }
            }

            foreach (var (key, other) in others)
            {
                differences[key] = new ConnectionDifference(null, other);
            }
        }

        return differences;
    }

    /// <summary>0, 1, 2, 5 as 0-2,5.</summary>
    private static string Ranges(int[] buckets)
    {
        var parts = new List<string>();
        for (int first = 0, i = 1; i <= buckets.Length; i++)
        {
            if (i == buckets.Length || buckets[i] != buckets[i - 1] + 1)
            {
                parts.Add(buckets[first].ToString(CultureInfo.InvariantCulture) + (i - first == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{buckets[i - 1]}")));
                first = i;
            }
        }

        return string.Join(',', parts);
    }
}
