using Loxi.Core.Services;
using Loxi.Nat.Selection;

namespace Loxi.Nat.Tables;

/// <summary>How a service chooses among its active endpoints, as the programs see it.</summary>
internal sealed partial class ServiceTables
{
    /// <summary>The list of active endpoints, the Maglev table where there is one, and the service that points to both.</summary>
    private void WriteSelection(ServiceSlot slot)
    {
        var desired = slot.Desired!;
        var active = desired.Endpoints.Select(e => slot.Endpoints[KeyOf(e)]).Where(e => e.Active).ToArray();
        var members = Array.ConvertAll(active, e => e.Index);
        var oldRange = (slot.MembersBase, (uint)slot.Members.Length);
        var moved = !members.AsSpan().SequenceEqual(slot.Members);
        var oldMaglev = slot.Maglev;
        var oldAdopted = slot.AdoptedMaglev;
        // Both may be full: the slot changes when both are there.
        var maglev = desired.Selection == SelectionPolicy.Hash && active.Length > 0 ? _maglev.Take(MembersOf(active), oldAdopted) : null;
        try
        {
            if (moved)
            {
                slot.MembersBase = WriteMembers(members);
                slot.Members = members;
            }
        }
        catch when (maglev is not null)
        {
            _maglev.Release(maglev);
            throw;
        }

        slot.Maglev = maglev;
        slot.AdoptedMaglev = null;
        WriteService(slot);
        if (oldMaglev is not null)
        {
            _maglev.Release(oldMaglev);
        }

        if (oldAdopted is { } adopted)
        {
            _maglev.LeaveAdopted(adopted);
        }

        if (moved)
        {
            _quarantine.Add(oldRange);
        }
    }

    private static MaglevMember[] MembersOf(EndpointSlot[] active) =>
        Array.ConvertAll(active, e => new MaglevMember(e.Endpoint.Address, e.Endpoint.Port, e.Endpoint.Weight));

    private uint WriteMembers(uint[] members)
    {
        if (members.Length == 0)
        {
            return 0;
        }

        if (!_memberRanges.TryTake((uint)members.Length, out var start))
        {
            throw new TableFullException("members of services", _memberRanges.Capacity);
        }

        for (var i = 0; i < members.Length; i++)
        {
            _maps.Members.Update(start + (uint)i, members[i]);
        }

        return start;
    }

    private void WriteService(ServiceSlot slot)
    {
        var hash = slot.Maglev is not null;
        var raw = new RawService
        {
            Id = slot.Id,
            MembersBase = slot.MembersBase,
            MembersCount = (uint)slot.Members.Length,
            Maglev = slot.Maglev?.Index ?? 0,
            MaglevSize = slot.Maglev?.Size ?? 0,
            // Every node chooses alike, so a connection may be picked up in its middle: that is what survives the loss of a node.
            Flags = slot.Desired!.Selection == SelectionPolicy.Hash ? Shared.ServiceLoose : 0u,
            Selection = (byte)(hash ? RawSelection.Hash : RawSelection.Rr),
        };
        if (!Same(raw, slot.Written))
        {
            _maps.Services.Update(WireKey(slot.Key), raw);
            slot.Written = raw;
        }
    }

    private void ReleaseMaglev(ServiceSlot slot)
    {
        if (slot.Maglev is not null)
        {
            _maglev.Release(slot.Maglev);
        }

        if (slot.AdoptedMaglev is { } adopted)
        {
            _maglev.LeaveAdopted(adopted);
        }
    }
}
