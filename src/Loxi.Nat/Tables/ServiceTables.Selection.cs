using Loxi.Core.Services;
using Loxi.Ebpf.Native;
using Loxi.Nat.Selection;

namespace Loxi.Nat.Tables;

/// <summary>How a service chooses among its active endpoints, as the programs see it.</summary>
internal sealed partial class ServiceTables
{
    private readonly Queue<ServiceSlot> _waiting = new();

    /// <summary>Services that do with less than they should because something was full.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>Gives services what there was no room for. Ends with the first one for which there is still none.</summary>
    public void RetryWaiting()
    {
        if (_waiting.Count > 0)
        {
            FreeQuarantine();
        }

        for (var left = _waiting.Count; left > 0 && _waiting.TryDequeue(out var slot); left--)
        {
            slot.Waits = false;
            if (_slots.GetValueOrDefault(slot.Key) != slot || slot.Desired is not { } desired)
            {
                continue;
            }

            try
            {
                WriteSelection(slot, desired.Selection == SelectionPolicy.Hash);
            }
            catch (Exception e)
            {
                // To the end of the line: another one may need less.
                Wait(slot);
                if (e is TableFullException)
                {
                    return;
                }

                throw;
            }
        }
    }

    /// <summary>
    /// The selection that the service asks for; where there is no room for its table, the active endpoints in turn; where there is no
    /// room for their list either, those of the present list that are active.
    /// </summary>
    private void WriteSelectionOrLess(ServiceSlot slot)
    {
        try
        {
            WriteSelection(slot, slot.Desired!.Selection == SelectionPolicy.Hash);
            return;
        }
        catch (Exception e) when (e is TableFullException or EbpfException)
        {
            Wait(slot);
        }

        try
        {
            WriteSelection(slot, hash: false);
        }
        catch (TableFullException)
        {
            WriteShorter(slot);
        }
    }

    private void Wait(ServiceSlot slot)
    {
        if (!slot.Waits)
        {
            slot.Waits = true;
            _waiting.Enqueue(slot);
        }
    }

    /// <summary>
    /// The list of active endpoints, the Maglev table where there is one, and the service that points to both. Both are taken before the
    /// service changes; when one cannot be, the service is as it was.
    /// </summary>
    private void WriteSelection(ServiceSlot slot, bool hash)
    {
        var active = slot.Desired!.Endpoints.Select(e => slot.Endpoints[KeyOf(e)]).Where(e => e.Active).ToArray();
        var members = Array.ConvertAll(active, e => e.Index);
        var moved = !members.AsSpan().SequenceEqual(slot.Members);
        var start = moved ? WriteMembers(members) : slot.MembersBase;
        MaglevLease? lease = null;
        try
        {
            if (hash && active.Length > 0)
            {
                lease = _maglev.Take(MembersOf(active), slot.AdoptedMaglev);
            }

            WriteService(slot, start, (uint)members.Length, lease);
        }
        catch
        {
            if (lease is not null)
            {
                _maglev.Release(lease);
            }

            if (moved)
            {
                _memberRanges.Free(start, (uint)members.Length);
            }

            throw;
        }

        if (moved)
        {
            _quarantine.Add((slot.MembersBase, (uint)slot.Members.Length));
        }

        PutInForce(slot, start, members, lease);
    }

    /// <summary>
    /// Takes endpoints that are not active out of the list where it stands, for want of another place: the last one takes the place of
    /// one that leaves, so a packet in flight that still has the old length finds an endpoint of its service everywhere.
    /// </summary>
    private void WriteShorter(ServiceSlot slot)
    {
        var active = slot.Endpoints.Values.Where(e => e.Active).Select(e => e.Index).ToHashSet();
        var members = slot.Members.ToArray();
        var count = members.Length;
        for (var i = 0; i < count;)
        {
            if (active.Contains(members[i]))
            {
                i++;
                continue;
            }

            members[i] = members[--count];
            if (i < count)
            {
                _maps.Members.Update(slot.MembersBase + (uint)i, new RawMember { Endpoint = members[i] });
            }
        }

        WriteService(slot, slot.MembersBase, (uint)count, null);
        _quarantine.Add((slot.MembersBase + (uint)count, (uint)(members.Length - count)));
        PutInForce(slot, slot.MembersBase, members[..count], null);
    }

    private void PutInForce(ServiceSlot slot, uint start, uint[] members, MaglevLease? lease)
    {
        var oldMaglev = slot.Maglev;
        var oldAdopted = slot.AdoptedMaglev;
        (slot.MembersBase, slot.Members, slot.Maglev, slot.AdoptedMaglev) = (start, members, lease, null);
        if (oldMaglev is not null)
        {
            _maglev.Release(oldMaglev);
        }

        if (oldAdopted is { } adopted)
        {
            _maglev.LeaveAdopted(adopted);
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

        try
        {
            for (var i = 0; i < members.Length; i++)
            {
                _maps.Members.Update(start + (uint)i, new RawMember { Endpoint = members[i] });
            }
        }
        catch
        {
            _memberRanges.Free(start, (uint)members.Length);
            throw;
        }

        return start;
    }

    private void WriteService(ServiceSlot slot, uint start, uint count, MaglevLease? lease)
    {
        var raw = new RawService
        {
            Id = slot.Id,
            MembersBase = start,
            MembersCount = count,
            Maglev = lease?.Index ?? 0,
            MaglevSize = lease?.Size ?? 0,
            // Every node chooses alike, so a connection may be picked up in its middle: that is what survives the loss of a node.
            Flags = slot.Desired!.Selection == SelectionPolicy.Hash ? Shared.ServiceLoose : 0u,
            Selection = (byte)(lease is not null ? RawSelection.Hash : RawSelection.Rr),
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
