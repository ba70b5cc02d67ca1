using System.Runtime.InteropServices;

namespace Loxi.Linux.Netlink.Wire;

/// <summary>struct tcmsg (linux/rtnetlink.h): of changes only whose they are is read.</summary>
internal static class TrafficControlCodec
{
    private const int HeaderSize = 20;

    // TCM_IFINDEX_MAGIC_BLOCK: the filter is in a block that interfaces share.
    private const uint SharedBlock = 0xffffffff;

    internal static bool TryParse(ReadOnlySpan<byte> payload, out int interfaceIndex)
    {
        if (payload.Length < HeaderSize)
        {
            throw NetlinkException.Malformed("traffic control", $"{payload.Length} bytes, a header has {HeaderSize}");
        }

        var index = MemoryMarshal.Read<uint>(payload[4..]);
        interfaceIndex = index == SharedBlock ? 0 : (int)index;
        return true;
    }
}
