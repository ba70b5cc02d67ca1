using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Bfd.Transport;

/// <summary>One socket of a port, with what is known of it between two drains.</summary>
internal sealed class ReceiveQueue(DatagramSocket socket, PacketClass kind, ClockReading opened)
{
    public DatagramSocket Socket { get; } = socket;

    public PacketClass Kind { get; } = kind;

    /// <summary>Both clocks at the drain before and at this one.</summary>
    public ReceiveTimes Times { get; set; } = ReceiveTimes.From(opened);

    /// <summary>The kernel's count of losses when it was last looked at.</summary>
    public uint KnownDropped { get; set; }

    /// <summary>Losses since the port was opened. Written by one thread, read by any.</summary>
    public long Dropped { get; private set; }

    /// <summary>Takes a count of the kernel's, modulo 2^32.</summary>
    /// <returns>Whether more were lost since the one before.</returns>
    public bool TakeDropped(uint count)
    {
        var more = unchecked(count - KnownDropped);
        KnownDropped = count;
        Dropped += more;
        return more != 0;
    }
}
