using System.Globalization;

namespace Loxi.TestKit.Scenarios;

/// <summary>What the kernel map of one node has of established connections, and that of another lacks.</summary>
/// <param name="Connections">How many the one has.</param>
/// <param name="Missing">Those that the other lacks, or has with another endpoint or source.</param>
public sealed record TableDifference(int Connections, IReadOnlyList<string> Missing)
{
    // A change is on its way for less.
    private static readonly TimeSpan _lag = TimeSpan.FromMilliseconds(300);

    /// <summary>Compares two nodes under traffic: what begins or ends meanwhile is none.</summary>
    public static async Task<TableDifference> ReadAsync(ScenarioNode node, ScenarioNode other)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(other);
        var own = await node.ReadEstablishedAsync();
        await Task.Delay(_lag);
        var missing = own.Except(await other.ReadEstablishedAsync()).ToHashSet();
        if (missing.Count > 0)
        {
            missing.IntersectWith(await node.ReadEstablishedAsync());
        }

        return new(own.Count, [.. missing]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Missing.Count} of {Connections} entries missing{(Missing is [var one, ..] ? $", e.g. {one}" : "")}");
}
