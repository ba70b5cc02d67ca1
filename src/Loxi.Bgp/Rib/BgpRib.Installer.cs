using Loxi.Core.Routes;

namespace Loxi.Bgp.Rib;

/// <content>Learned routes for whoever forwards by them.</content>
internal sealed partial class BgpRib
{
    internal bool IsInstalling { get; private set; }

    /// <summary>Turns the hand-over of learned routes on, which begins with all of them, or off, which ends it without removing any.</summary>
    internal void EnableInstaller(bool on)
    {
        IsInstalling = on;
        foreach (var family in Families)
        {
            family.ResetInstaller();
        }
    }

    internal bool HasRouteChanges => Families[0].HasRouteChanges || Families[1].HasRouteChanges;

    /// <summary>Takes routes whose next hops changed, as they are now.</summary>
    internal int TakeRouteChanges(List<RouteChange> changes, int limit)
    {
        var taken = Families[0].TakeRouteChanges(changes, limit);
        return taken + Families[1].TakeRouteChanges(changes, limit - taken);
    }
}
