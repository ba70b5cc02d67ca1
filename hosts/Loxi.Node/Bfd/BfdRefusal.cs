using System.Collections.Immutable;
using System.Globalization;
using Loxi.Bfd;
using Loxi.Core;

namespace Loxi.Node.Bfd;

/// <summary>Why sessions cannot be put in force on this host.</summary>
/// <param name="BySession">The problems of each session that has one.</param>
/// <param name="Others">Problems of no one session: a port that is another program's.</param>
internal sealed record BfdRefusal(ImmutableDictionary<BfdName, ImmutableArray<Problem>> BySession, ImmutableArray<Problem> Others)
{
    private const string Begin = "sessions[";

    /// <summary>Gives each problem to its session, by the index that its field begins with.</summary>
    public static BfdRefusal Of(InvalidBfdSessionsException exception, IReadOnlyList<ConfiguredBfd> sessions)
    {
        var bySession = ImmutableDictionary<BfdName, ImmutableArray<Problem>>.Empty;
        var others = ImmutableArray.CreateBuilder<Problem>();
        foreach (var problem in exception.Problems)
        {
            var end = problem.Field.IndexOf("].", StringComparison.Ordinal);
            if (problem.Field.StartsWith(Begin, StringComparison.Ordinal) && end > 0
                && int.TryParse(problem.Field.AsSpan()[Begin.Length..end], NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < sessions.Count)
            {
                var name = sessions[index].Name;
                var own = BfdFields.OnWire(problem with { Field = problem.Field[(end + 2)..] });
                bySession = bySession.SetItem(name, bySession.GetValueOrDefault(name, []).Add(own));
            }
            else
            {
                others.Add(problem);
            }
        }

        return new BfdRefusal(bySession, others.DrainToImmutable());
    }

    /// <summary>The answer to the change of one session.</summary>
    public BfdResult ToResult(BfdName changed)
    {
        Problem[] own = [.. BySession.GetValueOrDefault(changed, [])];
        var theirs = BySession.Where(s => s.Key != changed).SelectMany(static s => s.Value.Select(p => p.Within($"{s.Key}: ")));
        return new BfdResult(own.Length == 0 && BySession.IsEmpty ? BfdOutcome.PortTaken : BfdOutcome.Malformed, [.. own, .. theirs, .. Others]);
    }
}
