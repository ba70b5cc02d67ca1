using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Bfd.Transport;

/// <summary>One socket of a port, with what is known of it between two drains.</summary>
internal sealed class ReceiveQueue(DatagramSocket socket, PacketClass kind, ClockReading opened)
{
    private bool _hasBegun;

    public DatagramSocket Socket { get; } = socket;

    public PacketClass Kind { get; } = kind;

    /// <summary>Both clocks when it was last empty, and at this drain.</summary>
    public ReceiveTimes Times { get; private set; } = ReceiveTimes.From(opened);

    /// <summary>Whether the last drain took all that waited.</summary>
    public bool IsEmpty { get; set; } = true;

    /// <summary>The kernel's count of losses when it was last looked at.</summary>
    public uint KnownDropped { get; private set; }

    /// <summary>Losses since the port was opened. Written by one thread, read by any.</summary>
    public long Dropped { get; private set; }

    /// <summary>Starts counting losses, once.</summary>
    public void BeginCounting()
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            KnownDropped = Socket.ReadMemory().Dropped;
        }
    }

    /// <summary>A drain begins.</summary>
    public void Begin(in ClockReading now)
    {
        Times = IsEmpty ? Times.Next(now) : Times with { Current = now };
        IsEmpty = false;
    }

    /// <summary>Takes a count of the kernel's, modulo 2^32; one that was taken from a datagram may be older than what is known.</summary>
    /// <returns>Whether more were lost since the one before.</returns>
    public bool TakeDropped(uint count)
    {
        var more = unchecked((int)(count - KnownDropped));
        if (more <= 0)
        {
            return false;
        }

        KnownDropped = count;
        Dropped += more;
        return true;
    }
}
