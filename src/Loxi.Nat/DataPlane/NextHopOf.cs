using Loxi.Nat.Fragments;
using Loxi.Nat.Tables;

namespace Loxi.Nat.DataPlane;

/// <summary>The next hop that the programs have noted in the entry of a flow.</summary>
internal static class NextHopOf
{
    /// <summary>Whether it is still what the kernel's tables say; else only the kernel knows the way.</summary>
    public static bool IsKnown(NatMaps maps, in RawFlow flow) => flow.Generation == Volatile.Read(ref maps.Control.Span[0].Generation);

    /// <summary>Addresses, MACs and tags to leave with.</summary>
    public static FragmentTranslation Describe(in RawFlow flow, bool isKnown, UInt128 source, UInt128 destination)
    {
        var isTagged = isKnown && (flow.Flags & Shared.FlowVlan) != 0;
        return new FragmentTranslation(
            source, destination, ToMac(flow.Smac), ToMac(flow.Dmac), isTagged ? (ushort)(flow.Extra >> 16) : (ushort)0, isTagged ? (ushort)flow.Extra : (ushort)0);
    }

    private static ulong ToMac(Bytes6 mac)
    {
        ReadOnlySpan<byte> bytes = mac;
        var number = 0UL;
        foreach (var one in bytes)
        {
            number = (number << 8) | one;
        }

        return number;
    }
}
