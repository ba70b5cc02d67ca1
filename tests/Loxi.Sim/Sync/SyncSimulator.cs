using Loxi.Ha.Sync.Engine;

namespace Loxi.Sim.Sync;

/// <summary>Runs scenarios of tables that are kept alike, and makes failing ones small.</summary>
internal static class SyncSimulator
{
    public static (string? Violation, int At, long Resent) Run(SyncScenario scenario, SyncRules rules = SyncRules.All, Action<string>? note = null)
    {
        var cluster = new SyncCluster(scenario, rules, note);
        cluster.Run();
        return (cluster.Violation, cluster.Now, cluster.Resent);
    }

    /// <summary>Takes faults out as long as the same invariant breaks.</summary>
    public static SyncScenario Shrink(SyncScenario scenario, SyncRules rules = SyncRules.All)
    {
        static string Name(string? violation) => violation?.Split(':')[0] ?? "";
        var name = Name(Run(scenario, rules).Violation);
        for (var i = 0; i < scenario.Faults.Length;)
        {
            var smaller = scenario with { Faults = scenario.Faults.RemoveAt(i) };
            if (Name(Run(smaller, rules).Violation) == name)
            {
                scenario = smaller;
            }
            else
            {
                i++;
            }
        }

        return scenario;
    }

    /// <summary>What a failing seed is, in words.</summary>
    public static string Report(ulong seed, SyncRules rules = SyncRules.All)
    {
        var small = Shrink(SyncScenario.Of(seed), rules);
        var story = new List<string>();
        var (violation, at, _) = Run(small, rules, story.Add);
        return $"{small.Describe()}\n{string.Join('\n', story)}\n{at,6} ms {violation}";
    }
}
