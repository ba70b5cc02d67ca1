namespace Loxi.Linux.Netlink.Wire;

/// <summary>One netlink message: the header's fields and what follows it.</summary>
internal readonly ref struct NetlinkMessage
{
    internal NetlinkMessage(ushort type, ushort flags, uint sequence, ReadOnlySpan<byte> payload)
    {
        Type = type;
        Flags = flags;
        Sequence = sequence;
        Payload = payload;
    }

    internal ushort Type { get; }

    internal ushort Flags { get; }

    internal uint Sequence { get; }

    internal ReadOnlySpan<byte> Payload { get; }
}
