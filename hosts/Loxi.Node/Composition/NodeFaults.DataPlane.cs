using System.Collections.Concurrent;
using Loxi.Nat.Interfaces;
using Loxi.Node.Ha;

namespace Loxi.Node.Composition;

/// <content>Programs that somebody takes off an interface. The balancer puts them on again; where it cannot, what comes in there is not served, whatever group it is for.</content>
internal sealed partial class NodeFaults
{
    /// <summary>The number of the fault "an interface lacks its programs".</summary>
    private const int DataPlaneFault = 2;

    // They are mostly back before anybody looks.
    private static readonly TimeSpan LossLasts = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<int, Loss> _losses = [];
    private readonly Lock _takingLosses = new();
    private bool _isWatchingPrograms;

    private static TimeSpan Now => TimeSpan.FromTicks(Linux.Time.MonotonicClock.Nanoseconds / TimeSpan.NanosecondsPerTick);

    private void WatchPrograms()
    {
        if (!_isWatchingPrograms)
        {
            _isWatchingPrograms = true;
            dataPlane.LossesChanged += TakeLosses;
            TakeLosses();
        }
    }

    private IEnumerable<HaFault> ReadLosses()
    {
        var now = Now;
        return _losses.Values.Where(loss => loss.Lasts(now)).OrderBy(static l => l.Told.Index)
            .Select(static l => new HaFault(HaAlarms.DataPlaneLost, null, null, l.Since, TextOf(l.Told)) { Count = l.Told.Count - l.Before });
    }

    private static string TextOf(AttachmentLoss loss) => loss.Problem is null
        ? $"somebody took the programs off interface {loss.Name}; they are on it again"
        : $"somebody took the programs off interface {loss.Name}, and they cannot be put on again: {loss.Problem}";

    /// <summary>On a thread of the balancer, or of who begins to watch: what was read later is stored later.</summary>
    private void TakeLosses()
    {
        lock (_takingLosses)
        {
            var now = Now;
            var losses = dataPlane.Losses;
            foreach (var loss in losses)
            {
                var known = _losses.GetValueOrDefault(loss.Index);
                var goesOn = known is not null && known.Lasts(now);
                _losses[loss.Index] = new Loss(loss, goesOn ? known!.Since : now, now, goesOn ? known!.Before : known?.Told.Count ?? 0);
            }

            foreach (var gone in _losses.Keys.Where(index => losses.All(l => l.Index != index)))
            {
                _losses.TryRemove(gone, out _);
            }
        }

        _changed.Writer.TryWrite(true);
    }

    /// <param name="Told">What the balancer says.</param>
    /// <param name="Since">When it began.</param>
    /// <param name="At">When it changed last.</param>
    /// <param name="Before">How often it was before it began.</param>
    private sealed record Loss(AttachmentLoss Told, TimeSpan Since, TimeSpan At, long Before)
    {
        public bool Lasts(TimeSpan now) => Told.Problem is not null || now < At + LossLasts;
    }
}
