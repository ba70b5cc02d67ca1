using System.Runtime.InteropServices;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>
/// The two directions of a connection: where the other one is, and taking them out. Between the address families they are in different
/// tables; with direct server return there is one only.
/// </summary>
internal sealed class FlowPairs(NatDataPlane dataPlane)
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
            return dataPlane.Maps.Flow4.TryLookup(other, out var found) && IsPair(key, flow, found) && Set(new FlowSibling(true, other, default, found), out sibling);
        }

        var other6 = RawFlowKey6.Sibling(flow, protocol);
        return dataPlane.Maps.Flow6.TryLookup(other6, out var found6) && IsPair(key, flow, found6) && Set(new FlowSibling(false, default, other6, found6), out sibling);
    }

    /// <summary>
    /// Takes out the connection that has an entry under the key, both directions: not what was read before, in whose place another one may have come.
    /// False when there is none, or somebody else is removing it.
    /// </summary>
    /// <param name="key">Its key.</param>
    /// <param name="isWhole">Whether the other direction was there too.</param>
    public bool Remove<TKey>(in TKey key, out bool isWhole)
        where TKey : unmanaged, IFlowKey<TKey>
    {
        var result = dataPlane.Remover.Remove(key);
        isWhole = result == RawRemovalResult.Whole;
        return result != RawRemovalResult.None;
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
