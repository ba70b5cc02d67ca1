namespace Loxi.TestKit.Availability;

/// <summary>
/// Who owned an address over a time, from probes sent in a rhythm. A probe stands for the time until the next one, but at most four periods: while the prober
/// itself did not come to its turn nothing is known (<see cref="Unknown"/>), which is counted as neither silence nor as anybody's time.
/// </summary>
public sealed class OwnerTimeline
{
    private const int LongestStand = 4;
    private readonly IReadOnlyList<ProbeOutcome> _probes;
    private readonly TimeSpan _period;

    /// <param name="probes">Probes in the order in which they were sent.</param>
    /// <param name="period">Time between two of them as it was meant.</param>
    public OwnerTimeline(IEnumerable<ProbeOutcome> probes, TimeSpan period)
    {
        _probes = [.. probes];
        _period = period;
        Spans = Build();
        Changes = FindChanges();
    }

    /// <summary>The whole time without gaps.</summary>
    public IReadOnlyList<OwnerSpan> Spans { get; }

    /// <summary>Each time that another one answered than before, with what lay between left out.</summary>
    public IReadOnlyList<OwnerChange> Changes { get; }

    public int Probes => _probes.Count;

    /// <summary>D: the time in which two or more answered.</summary>
    public TimeSpan Shared => Sum(static owners => owners is { Count: > 1 });

    /// <summary>The longest of it in one piece.</summary>
    public TimeSpan LongestShared => Longest(static owners => owners is { Count: > 1 });

    /// <summary>Z: the time in which nobody answered.</summary>
    public TimeSpan Silent => Sum(static owners => owners is { Count: 0 });

    /// <summary>The longest of it in one piece.</summary>
    public TimeSpan LongestSilence => Longest(static owners => owners is { Count: 0 });

    /// <summary>The time in which nothing was asked.</summary>
    public TimeSpan Unknown => Sum(static owners => owners is null);

    /// <summary>The part of it whose probes were sent in a window.</summary>
    public OwnerTimeline Within(TimeSpan from, TimeSpan to) => new(_probes.Where(probe => probe.Sent >= from && probe.Sent < to), _period);

    /// <summary>
    /// D where each probe goes one way only: the time in which owners took turns, that is of every owner's piece that is shorter than
    /// <paramref name="shortest"/> and lies between pieces of others, and the time in which two answered at once.
    /// </summary>
    public TimeSpan Interleaved(TimeSpan shortest)
    {
        var owned = Spans.Where(static span => span.Owners is { Count: > 0 }).ToList();
        List<(TimeSpan From, TimeSpan To, string Owners)> pieces = [];
        foreach (var span in owned)
        {
            var owners = string.Join(' ', span.Owners!);
            if (pieces is [.., var last] && last.Owners == owners)
            {
                pieces[^1] = last with { To = span.To };
            }
            else
            {
                pieces.Add((span.From, span.To, owners));
            }
        }

        var between = pieces.Skip(1).SkipLast(1).Where(piece => piece.To - piece.From < shortest && !piece.Owners.Contains(' ', StringComparison.Ordinal));
        return between.Aggregate(Shared, static (sum, piece) => sum + (piece.To - piece.From));
    }

    /// <summary>When the first probe at or after a moment was sent that <paramref name="owner"/> answered; null when none was.</summary>
    public TimeSpan? FirstAnswer(string owner, TimeSpan after) => _probes.FirstOrDefault(probe => probe.Sent >= after && probe.Owners.Contains(owner))?.Sent;

    /// <summary>When the last probe was sent that <paramref name="owner"/> answered; null when none was.</summary>
    public TimeSpan? LastAnswer(string owner) => _probes.LastOrDefault(probe => probe.Owners.Contains(owner))?.Sent;

    public override string ToString() => string.Join('\n', Spans);

    private List<OwnerSpan> Build()
    {
        List<OwnerSpan> spans = [];
        var stand = _period * LongestStand;
        for (var i = 0; i < _probes.Count; i++)
        {
            var (sent, owners) = _probes[i];
            var next = i + 1 < _probes.Count ? _probes[i + 1].Sent : sent + _period;
            var end = next - sent > stand ? sent + stand : next;
            Append(spans, new(sent, end, owners));
            if (end < next)
            {
                Append(spans, new(end, next, null));
            }
        }

        return spans;
    }

    private static void Append(List<OwnerSpan> spans, OwnerSpan span)
    {
        if (spans is [.., var last] && (last.Owners is null) == (span.Owners is null) && (span.Owners is null || last.Owners!.SequenceEqual(span.Owners)))
        {
            spans[^1] = last with { To = span.To };
        }
        else
        {
            spans.Add(span);
        }
    }

    private List<OwnerChange> FindChanges()
    {
        List<OwnerChange> changes = [];
        string? before = null;
        foreach (var span in Spans.Where(static span => span.Owners is { Count: > 0 }))
        {
            var owners = string.Join(" and ", span.Owners!);
            if (owners != before)
            {
                changes.Add(new(span.From, before, owners));
                before = owners;
            }
        }

        return changes;
    }

    private TimeSpan Sum(Func<IReadOnlyList<string>?, bool> which) => Spans.Where(span => which(span.Owners)).Aggregate(TimeSpan.Zero, static (sum, span) => sum + span.Length);

    private TimeSpan Longest(Func<IReadOnlyList<string>?, bool> which) => Spans.Where(span => which(span.Owners)).Select(static span => span.Length).DefaultIfEmpty().Max();
}
