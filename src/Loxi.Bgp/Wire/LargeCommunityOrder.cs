using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Loxi.Bgp.Wire;

/// <summary>Large communities have no order, and a receiver removes those that are there twice (RFC 8092 3).</summary>
internal static class LargeCommunityOrder
{
    /// <summary>Sorts values in place and removes duplicates.</summary>
    /// <returns>Octets that stay.</returns>
    internal static int Normalize(Span<byte> value)
    {
        var items = MemoryMarshal.Cast<byte, Octets>(value);
        var kept = 1;
        while (kept < items.Length && Compare(items[kept - 1], items[kept]) < 0)
        {
            kept++;
        }

        if (kept >= items.Length)
        {
            return value.Length;
        }

        items.Sort(static (left, right) => Compare(left, right));
        kept = 1;
        for (var i = 1; i < items.Length; i++)
        {
            if (Compare(items[kept - 1], items[i]) != 0)
            {
                items[kept++] = items[i];
            }
        }

        return kept * LargeCommunityList.Size;
    }

    private static int Compare(in Octets left, in Octets right) => ((ReadOnlySpan<byte>)left).SequenceCompareTo(right);

    [InlineArray(LargeCommunityList.Size)]
    private struct Octets
    {
        private byte _first;
    }
}
