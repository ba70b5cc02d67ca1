using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp.Wire;
using Loxi.Core.Routes;

namespace Loxi.Bgp.Rib;

internal sealed partial class FamilyRib
{
    private readonly Queue<int> _changed = new();

    /// <summary>Notes that the next hops of a prefix may be others.</summary>
    private void Queue(int prefix)
    {
        ref var entry = ref Prefixes[prefix];
        if (Owner.IsInstalling && (entry.Flags & PrefixFlags.Queued) == 0)
        {
            entry.Flags |= PrefixFlags.Queued;
            _changed.Enqueue(prefix);
        }
    }

    /// <summary>Hands all prefixes to the installer again, or forgets what it was told.</summary>
    internal void ResetInstaller()
    {
        _changed.Clear();
        for (var i = 1; i < Prefixes.End; i++)
        {
            ref var entry = ref Prefixes[i];
            if ((entry.Flags & PrefixFlags.Used) == 0)
            {
                continue;
            }

            entry.Flags &= ~(PrefixFlags.Queued | PrefixFlags.Installed);
            if (entry.Best != 0)
            {
                Queue(i);
            }
            else
            {
                FreeIfUnused(i);
            }
        }
    }

    internal bool HasRouteChanges => _changed.Count > 0;

    internal int TakeRouteChanges(List<RouteChange> changes, int limit)
    {
        var taken = 0;
        while (taken < limit && _changed.TryDequeue(out var prefix))
        {
            ref var entry = ref Prefixes[prefix];
            entry.Flags &= ~PrefixFlags.Queued;
            var nextHops = NextHops(prefix);
            if (!nextHops.IsEmpty || (entry.Flags & PrefixFlags.Installed) != 0)
            {
                changes.Add(new(RouteText.ToNetwork(entry.ToPrefix(Family)), nextHops));
                taken++;
            }

            entry.Flags = nextHops.IsEmpty ? entry.Flags & ~PrefixFlags.Installed : entry.Flags | PrefixFlags.Installed;
            FreeIfUnused(prefix);
        }

        return taken;
    }

    /// <summary>Whether a path is as good as the best for multipath: equal up to 9.1.2.2 e).</summary>
    internal bool IsMultipath(int best, int index)
        => index == best
            || (Paths[index].Used != 0 && Paths[best].Peer != 0 && CompareBeforeMed(index, best) == 0
                && ((Paths[index].Flags ^ Paths[best].Flags) & PathFlags.External) == 0
                && (Attributes[Paths[index].Used].NeighbourAs == Attributes[Paths[best].Used].NeighbourAs
                    ? Med(index) == Med(best)
                    : Owner.Speaker.BestPath.MultipathAcrossAses && (!Owner.Speaker.BestPath.AlwaysCompareMed || Med(index) == Med(best)) && !IsMedBeatenInAs(best, index)));

    private bool IsMedBeatenInAs(int best, int index)
    {
        for (var other = Prefixes[Paths[best].Prefix].FirstPath; other != 0; other = Paths[other].Next)
        {
            if (other != index && Paths[other].Used != 0 && CompareBeforeMed(other, best) == 0 && IsMedComparable(other, index) && Med(other) < Med(index))
            {
                return true;
            }
        }

        return false;
    }

    private ImmutableArray<RouteNextHop> NextHops(int prefix)
    {
        var best = Prefixes[prefix].Best;
        // What we announce ourselves is not routed elsewhere.
        if (best == 0 || Paths[best].Peer == 0)
        {
            return [];
        }

        var hops = ImmutableArray.CreateBuilder<RouteNextHop>();
        foreach (var index in Ranked(prefix, int.MaxValue))
        {
            if (hops.Count < Owner.Speaker.MaximumPaths && IsMultipath(best, index))
            {
                var hop = NextHopOf(index);
                if (!hops.Contains(hop))
                {
                    hops.Add(hop);
                }
            }
        }

        return hops.ToImmutable();
    }

    private RouteNextHop NextHopOf(int index)
    {
        var nextHop = Attributes.NextHop(Paths[index].Used);
        var peer = Owner.Peer(Paths[index].Peer);
        // RFC 2545 3: on the link the link-local address is the one to use; it needs the interface.
        var address = nextHop.ToIPAddress(nextHop.LinkLocal != default ? nextHop.LinkLocal : nextHop.Address);
        return address.IsIPv6LinkLocal
            ? new(new IPAddress(address.GetAddressBytes(), peer.Addresses?.Remote is { IsIPv6LinkLocal: true } remote ? remote.ScopeId : 0), peer.Settings.Interface)
            : new(address, null);
    }
}
