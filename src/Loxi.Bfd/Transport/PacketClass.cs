namespace Loxi.Bfd.Transport;

/// <summary>What the kernel's selector makes of a datagram, which is the index of the socket that gets it.</summary>
internal enum PacketClass
{
    /// <summary>Up, without Poll and Final, to a known discriminator: nearly all that comes. Nobody is woken: its time of arrival is what counts, and it is read by and by.</summary>
    Steady = 0,

    /// <summary>Anything else to a known discriminator: read at once.</summary>
    Urgent = 1,

    /// <summary>From a known peer, to discriminator zero: read at once, but only so many in a second.</summary>
    Stranger = 2,

    /// <summary>What no session can take. A sample is read now and then for the sake of the reasons.</summary>
    Refused = 3,
}
