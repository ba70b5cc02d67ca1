using System.Collections.Immutable;

namespace Loxi.Bgp.Policy;

/// <summary>Policies one after the other.</summary>
internal sealed class PolicyChain(ImmutableArray<CompiledStatement> statements)
{
    internal static PolicyChain Empty { get; } = new([]);

    /// <summary>Whether two routes that differ in the prefix alone may be judged differently.</summary>
    internal bool AsksForPrefix { get; } = statements.Any(static s => s.AsksForPrefix);

    /// <summary>Whether two peers may be judged differently.</summary>
    internal bool AsksForPeer { get; } = statements.Any(static s => s.AsksForPeer);

    internal PolicyVerdict Apply(in PolicyRoute route, RouteEditor editor)
    {
        foreach (var statement in statements)
        {
            var verdict = statement.Apply(route, editor);
            if (verdict != PolicyVerdict.Undecided)
            {
                return verdict;
            }
        }

        return PolicyVerdict.Undecided;
    }
}
