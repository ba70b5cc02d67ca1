using Loxi.Core.Roles;
using Loxi.Linux;

namespace Loxi.Ha.Announce;

/// <content>Other hosts that say that they have an address.</content>
internal sealed partial class AnnouncerCore
{
    /// <summary>For how long a peer that was master may still be heard: it stops when it hears of the new one, and frames are on their way.</summary>
    private static readonly TimeSpan Handover = TimeSpan.FromSeconds(2);

    /// <summary>For how long the kernel's answer holds who the peers are on a link: the claims of a hand-over come by the thousand.</summary>
    private static readonly TimeSpan PeersHold = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<int, (TimeSpan Until, HashSet<LinkLayerAddress> Macs)> _peersOn = [];

    /// <summary>What was heard, in one turn: defences leave in one batch.</summary>
    internal void Claimed(IReadOnlyList<Claim> claims, TimeSpan now)
    {
        var defends = false;
        foreach (var claim in claims)
        {
            defends |= Claimed(claim, now);
        }

        if (defends)
        {
            Flush();
        }
    }

    private bool Claimed(Claim claim, TimeSpan now)
    {
        NoteGateway(claim, now);
        if (!_byAddress.TryGetValue(claim.Address, out var found) || !found.Address.Links.Contains(claim.InterfaceIndex) || _view.Macs.Contains(claim.Mac))
        {
            return false;
        }

        var (group, address) = found;
        var told = new AddressClaim(address.Declared.Address, _view.NameOf(claim.InterfaceIndex), new(BytesOf(claim)));
        foreach (var probe in _probes)
        {
            if (probe.Addresses.Contains(claim.Address) && probe.Claims.TryAdd(claim.Address, told))
            {
                AnnounceLog.ProbeAnswered(_logger, told.Address.ToString(), group.Name, claim.Mac.ToString(), told.Interface);
            }
        }

        if (!group.IsMaster || !Speaks(address))
        {
            return false;
        }

        if (now - group.MasterSince < Handover && IsPeer(claim, now))
        {
            AnnounceLog.PeerClaim(_logger, claim.Mac.ToString(), told.Interface, told.Address.ToString(), group.Name);
            return false;
        }

        var verdict = address.Conflicts.Observe(claim.Mac, now);
        address.LastClaim = told;
        Contest(address, now);
        _conflicts++;
        if (verdict.Defend)
        {
            // RFC 5227 2.4 (c): both keep the address; what is sent here is at most one announcement a second, so no loop arises.
            QueueOn(claim.InterfaceIndex, address);
            _defences++;
        }

        if (verdict.Alarm)
        {
            AnnounceLog.Conflict(_logger, told.Address.ToString(), group.Name, claim.Mac.ToString(), told.Interface, verdict.Count);
            _tell(new AddressConflict(group.Name, told, verdict.Count));
        }

        return verdict.Defend;
    }

    private bool IsPeer(Claim claim, TimeSpan now)
    {
        if (_peers.Count == 0)
        {
            return false;
        }

        if (!_peersOn.TryGetValue(claim.InterfaceIndex, out var known) || now >= known.Until)
        {
            known = (now + PeersHold, []);
            try
            {
                known.Macs = _system.FindNeighbours(claim.InterfaceIndex, _peers);
            }
            catch (LinuxException e)
            {
                // Then its claims are conflicts: an alarm too many rather than one too few.
                AnnounceLog.NotRead(_logger, e);
            }

            _peersOn[claim.InterfaceIndex] = known;
        }

        return known.Macs.Contains(claim.Mac);
    }

    private static byte[] BytesOf(Claim claim)
    {
        var bytes = new byte[claim.Mac.Length];
        claim.Mac.CopyTo(bytes);
        return bytes;
    }
}
