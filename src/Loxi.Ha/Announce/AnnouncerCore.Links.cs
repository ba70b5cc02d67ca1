using Loxi.Core.Roles;
using Loxi.Linux;

namespace Loxi.Ha.Announce;

/// <content>Which links hear of an address, and what happens when they change.</content>
internal sealed partial class AnnouncerCore
{
    /// <summary>How often a master looks for itself: settings of links change without a word, and a word may get lost.</summary>
    private static readonly TimeSpan ReadPeriod = TimeSpan.FromSeconds(30);

    /// <summary>A link was down, for however short a time: its neighbours may have forgotten, and <see cref="Refresh"/> tells them.</summary>
    internal void WentDown(int interfaceIndex)
    {
        foreach (var group in _groups.Values)
        {
            group.Heard.RemoveWhere(h => h.Index == interfaceIndex);
        }
    }

    /// <summary>Links or addresses changed: puts back what is gone, and announces anew to links that have not heard.</summary>
    internal void Refresh(TimeSpan now)
    {
        if (!_hasStarted)
        {
            return;
        }

        // First: when reading fails it is not tried again at once.
        (_retryAt, _readAt) = (now + Patience, now + ReadPeriod);
        var spoken = _byAddress.Values.Where(static a => Speaks(a.Address)).Select(static a => a.Address).ToHashSet();
        _view = _system.Read();
        FindLinks();
        Reconcile(isStrict: false, now);
        Index();
        foreach (var group in _groups.Values.Where(static g => g.IsMaster))
        {
            var heard = HeardBy(group);
            if (!heard.IsSubsetOf(group.Heard) || group.Addresses.Any(a => Speaks(a) && !spoken.Contains(a)))
            {
                AnnounceLog.LinksChanged(_logger, group.Name);
                group.Begin(now);
            }

            group.Heard = heard;
        }

        Announce(now);
    }

    private void FindLinks()
    {
        foreach (var address in _groups.Values.SelectMany(static g => g.Addresses))
        {
            if (!address.IsOnLinks)
            {
                continue;
            }

            var links = _view.CoveredBy(address.Value);
            if (links.Length == 0)
            {
                var link = _system.LinkTo(address.Value);
                // Once the address is the machine's own the kernel tells no way to it: the one of before holds while that link does.
                links = link != 0 ? [link] : address.Links;
            }

            if (links.Length == 0 && address.Declared.Placement == AddressPlacement.Interface && _view.Find(address.Declared.Interface!) is { } own)
            {
                links = [own.Index];
            }

            address.Links = Array.FindAll(links, _view.CanAnnounceOn);
        }
    }

    private HashSet<(int Index, LinkLayerAddress Mac, uint CarrierChanges)> HeardBy(GroupState group) =>
        [.. group.Addresses.SelectMany(static a => a.Links).Distinct().Where(_view.IsUp).Select(i => (i, _view.Find(i)!.HardwareAddress, _view.Find(i)!.CarrierChanges))];
}
