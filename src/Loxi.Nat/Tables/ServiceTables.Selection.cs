using System.Runtime.InteropServices;
using Loxi.Core.Services;
using Loxi.Ebpf.Native;
using Loxi.Nat.Connections;
using Loxi.Nat.Selection;

namespace Loxi.Nat.Tables;

/// <summary>How a service chooses among the endpoints that get new connections, as the programs see it.</summary>
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
            Quarantine.Free();
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
                if (slot.LacksSources)
                {
                    GiveSources([slot]);
                    slot.LacksSources = false;
                }

                WriteSelection(slot, NeedsTable(desired));
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
    /// The selection that the service asks for; where there is no room for its table, the endpoints in turn; where there is no room for
    /// their list either, those of the present list that still get connections.
    /// </summary>
    private void WriteSelectionOrLess(ServiceSlot slot)
    {
        try
        {
            WriteSelection(slot, NeedsTable(slot.Desired!));
            return;
        }
        catch (Exception e) when (e is TableFullException or EbpfException)
        {
            Wait(slot);
        }

        try
        {
            WriteSelection(slot, withTable: false);
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
    /// The list of members, the Maglev table where there is one, and the service that points to both. Both are taken before the service
    /// changes; when one cannot be, the service is as it was.
    /// </summary>
    private void WriteSelection(ServiceSlot slot, bool withTable)
    {
        var places = slot.Desired!.Endpoints.Select(e => slot.Endpoints[KeyOf(e)]).Where(e => e.IsMember).ToArray();
        var members = MembersOf(slot.Desired.Selection, Array.ConvertAll(places, static e => (e.Index, e.Endpoint.Weight)));
        var moved = !SameMembers(members, slot.Members);
        var start = moved ? WriteMembers(members) : slot.MembersBase;
        MaglevLease? lease = null;
        try
        {
            if (withTable && places.Length > 0)
            {
                lease = _maglev.Take(Array.ConvertAll(places, e => new MaglevMember(e.Endpoint.Address, e.Endpoint.Port, e.Endpoint.Weight)), slot.AdoptedMaglev);
            }

            WriteService(slot, start, members, lease, NeedsTable(slot.Desired) && lease is null ? RawSelection.Rr : SelectionOf(slot.Desired.Selection));
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
            Quarantine.Add(_memberRanges, slot.MembersBase, (uint)slot.Members.Length);
        }

        PutInForce(slot, start, members, lease);
    }

    /// <summary>
    /// Takes endpoints that get no connections out of the list where it stands, for want of another place: the last one takes the place of
    /// one that leaves, so a packet in flight that still has the old length finds an endpoint of its service everywhere. The ends of the
    /// weights stay where they are, ascending for whoever still looks among them.
    /// </summary>
    private void WriteShorter(ServiceSlot slot)
    {
        var wanted = slot.Endpoints.Values.Where(e => e.IsMember).Select(e => e.Index).ToHashSet();
        var members = slot.Members.ToArray();
        var count = members.Length;
        for (var i = 0; i < count;)
        {
            if (wanted.Contains(members[i].Endpoint))
            {
                i++;
                continue;
            }

            members[i].Endpoint = members[--count].Endpoint;
            if (i < count)
            {
                _maps.Members.Update(slot.MembersBase + (uint)i, members[i]);
            }
        }

        WriteService(slot, slot.MembersBase, members[..count], null, RawSelection.Rr);
        Quarantine.Add(_memberRanges, slot.MembersBase + (uint)count, (uint)(members.Length - count));
        PutInForce(slot, slot.MembersBase, members[..count], null);
    }

    private void PutInForce(ServiceSlot slot, uint start, RawMember[] members, MaglevLease? lease)
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

    /// <summary>Only a weighted rotation looks at the weights: to others they are all alike, so that a change of a weight moves no list.</summary>
    private static RawMember[] MembersOf(SelectionPolicy selection, (uint Index, int Weight)[] places)
    {
        var weighted = selection == SelectionPolicy.WeightedRoundRobin;
        var ends = MemberWeights.Ends(Array.ConvertAll(places, e => weighted ? e.Weight : 1));
        var members = new RawMember[places.Length];
        for (var i = 0; i < members.Length; i++)
        {
            members[i] = new RawMember { Endpoint = places[i].Index, WeightEnd = ends[i] };
        }

        return members;
    }

    private static bool SameMembers(RawMember[] left, RawMember[] right) =>
        MemoryMarshal.AsBytes(left.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(right.AsSpan()));

    private uint WriteMembers(RawMember[] members)
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
                _maps.Members.Update(start + (uint)i, members[i]);
            }
        }
        catch
        {
            _memberRanges.Free(start, (uint)members.Length);
            throw;
        }

        return start;
    }

    private void WriteService(ServiceSlot slot, uint start, RawMember[] members, MaglevLease? lease, RawSelection selection)
    {
        var desired = slot.Desired!;
        var weights = selection == RawSelection.Wrr && members.Length > 0 ? members[^1].WeightEnd : 0;
        var raw = new RawService
        {
            Id = slot.Id,
            MembersBase = start,
            MembersCount = (uint)members.Length,
            Maglev = lease?.Index ?? 0,
            MaglevSize = lease?.Size ?? 0,
            Flags = ServiceFlags.Of(desired),
            WeightTotal = weights,
            Stride = weights == 0 ? 0 : MemberWeights.Stride(weights),
            PersistTicks = selection == RawSelection.Persist ? TicksOf(desired.EffectivePersistTimeout) : 0,
            SlowStart = NeedsTable(desired) ? 0 : TicksOf(desired.SlowStart),
            VipGroup = slot.Claim!.Group,
            Selection = (byte)selection,
            Mode = (byte)desired.Mode,
        };
        if (!Same(raw, slot.Written))
        {
            _maps.Services.Update(WireKey(slot.Key), raw);
            slot.Written = raw;
        }
    }

    /// <summary>Whether the first choice is by a Maglev table.</summary>
    private static bool NeedsTable(Service service) => service.Selection is SelectionPolicy.Hash or SelectionPolicy.Persist;

    private static RawSelection SelectionOf(SelectionPolicy policy) => policy switch
    {
        SelectionPolicy.Hash => RawSelection.Hash,
        SelectionPolicy.WeightedRoundRobin => RawSelection.Wrr,
        SelectionPolicy.Persist => RawSelection.Persist,
        SelectionPolicy.LeastConnections => RawSelection.Lc,
        _ => RawSelection.Rr,
    };

    private static uint TicksOf(TimeSpan time) => time == TimeSpan.Zero ? 0 : (uint)FlowClock.ToTicks(time);

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
