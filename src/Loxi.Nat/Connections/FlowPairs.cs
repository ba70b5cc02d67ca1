using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>
/// The two directions of a connection: where the other one is, and taking them out. Between the address families they are in different
/// tables; with direct server return there is one only. Whoever takes a forward entry out takes it off the counts too, as the programs do.
/// </summary>
internal sealed class FlowPairs(NatMaps maps)
{
    /// <summary>The entry of the other direction. One that does not point back belongs to another connection.</summary>
    public bool TryFind<TKey>(in TKey key, in RawFlow flow, out FlowSibling sibling)
        where TKey : unmanaged, IFlowKey<TKey>
    {
        sibling = default;
        if ((flow.Flags & Shared.FlowDirect) != 0)
        {
            return false;
        }

        var crosses = (flow.Flags & Shared.FlowCross) != 0;
        var protocol = crosses ? FlowRecords.OtherProtocol(key.Protocol) : key.Protocol;
        if (TKey.IsIPv4 != crosses)
        {
            var other = RawFlowKey4.Sibling(flow, protocol);
            return maps.Flow4.TryLookup(other, out var found) && IsPair(key, flow, found) && Set(new FlowSibling(true, other, default, found), out sibling);
        }

        var other6 = RawFlowKey6.Sibling(flow, protocol);
        return maps.Flow6.TryLookup(other6, out var found6) && IsPair(key, flow, found6) && Set(new FlowSibling(false, default, other6, found6), out sibling);
    }

    /// <summary>
    /// Takes an entry out, and with it the other direction of what was there: not of what was read before, in whose place another connection
    /// may have come. False when it was gone.
    /// </summary>
    /// <param name="key">Its key.</param>
    /// <param name="isWhole">Whether the other direction was there too.</param>
    public bool Remove<TKey>(in TKey key, out bool isWhole)
        where TKey : unmanaged, IFlowKey<TKey>
    {
        isWhole = false;
        if (!TryTake(key, out var flow))
        {
            return false;
        }

        if (TryFind(key, flow, out var other))
        {
            isWhole = other.IsIPv4 ? Remove(other.Key4, out _) : Remove(other.Key6, out _);
        }

        return true;
    }

    private bool TryTake<TKey>(in TKey key, out RawFlow flow)
        where TKey : unmanaged, IFlowKey<TKey> =>
        TKey.IsIPv4
            ? TryTake4(MemoryMarshal.Cast<TKey, RawFlowKey4>(new ReadOnlySpan<TKey>(in key))[0], out flow)
            : TryTake6(MemoryMarshal.Cast<TKey, RawFlowKey6>(new ReadOnlySpan<TKey>(in key))[0], out flow);

    private bool TryTake4(in RawFlowKey4 key, out RawFlow flow)
    {
        if (!maps.Flow4.TryTake(key, out flow))
        {
            return false;
        }

        if (LeaveCounts(flow, 0) is { } place)
        {
            ClearPlace(maps.Embryos4, place, key, key with { Proto = 0 });
        }

        return true;
    }

    private bool TryTake6(in RawFlowKey6 key, out RawFlow flow)
    {
        if (!maps.Flow6.TryTake(key, out flow))
        {
            return false;
        }

        if (LeaveCounts(flow, 1) is { } place)
        {
            ClearPlace(maps.Embryos6, place, key, key with { Proto = 0 });
        }

        return true;
    }

    /// <summary>The ring goes round: the place may be another's by now, who keeps it.</summary>
    private static void ClearPlace<TKey>(TypedMap<uint, TKey> ring, uint place, in TKey key, in TKey cleared)
        where TKey : unmanaged
    {
        if (ring.TryLookup(place, out var holder) && IsSame(holder, key))
        {
            ring.Update(place, cleared);
        }
    }

    /// <summary>The place that it had among the connections in the making; null for none.</summary>
    private uint? LeaveCounts(in RawFlow flow, int which)
    {
        if ((flow.Flags & Shared.FlowReverse) != 0)
        {
            return null;
        }

        if ((flow.Extra & Shared.ExtraCounted) != 0 && flow.Endpoint < (uint)maps.EndpointLoad.Span.Length)
        {
            Interlocked.Decrement(ref maps.EndpointLoad.Span[(int)flow.Endpoint].Active);
        }

        var place = (uint)(flow.Extra & Shared.ExtraEmbryo);
        if (place == 0)
        {
            return null;
        }

        Interlocked.Decrement(ref maps.Embryos.Span[which].Count);
        return place - 1;
    }

    private static bool IsPair<TKey>(in TKey key, in RawFlow flow, in RawFlow other)
        where TKey : unmanaged, IFlowKey<TKey>
    {
        var back = TKey.Sibling(other, key.Protocol);
        return ((flow.Flags ^ other.Flags) & Shared.FlowReverse) != 0
            && IsSame(back, key);
    }

    private static bool IsSame<TKey>(in TKey left, in TKey right)
        where TKey : unmanaged =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<TKey>(in left)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<TKey>(in right)));

    private static bool Set(in FlowSibling found, out FlowSibling sibling)
    {
        sibling = found;
        return true;
    }
}
