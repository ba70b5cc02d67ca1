using Loxi.Bgp.Rib;

namespace Loxi.Bgp;

/// <content>The periodic look whether what should be announced is.</content>
public sealed partial class BgpSpeaker
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(1);

    private ITimer? _checking;
    private long _repaired;

    /// <summary>For tests that break it.</summary>
    internal SharedRib? Rib => _rib;

    /// <summary>Readers of <see cref="WatchAsync"/> that have not ended.</summary>
    internal int Watchers => _watchers.Length;

    private void Check()
    {
        var repaired = _rib!.Reconcile();
        if (repaired > 0)
        {
            Interlocked.Add(ref _repaired, repaired);
            LogRepaired(repaired);
        }
    }
}
