namespace Loxi.Linux.Netlink;

/// <summary>State of a neighbour entry (NUD_*, linux/neighbour.h); a bit set in the kernel, one at a time in practice.</summary>
[Flags]
public enum NeighbourState : ushort
{
    /// <summary>No resolution was tried.</summary>
    None = 0,

    /// <summary>Being resolved.</summary>
    Incomplete = 1,

    /// <summary>Confirmed.</summary>
    Reachable = 2,

    /// <summary>Known but not confirmed lately.</summary>
    Stale = 4,

    /// <summary>In use again; a probe follows if nothing confirms it.</summary>
    Delay = 8,

    /// <summary>Being probed.</summary>
    Probe = 0x10,

    /// <summary>Did not answer.</summary>
    Failed = 0x20,

    /// <summary>The link needs no resolution.</summary>
    NoArp = 0x40,

    /// <summary>Set by hand; never expires.</summary>
    Permanent = 0x80,

    /// <summary>The states in which the link-layer address may be used to send (NUD_VALID).</summary>
    Usable = Reachable | Stale | Delay | Probe | NoArp | Permanent,
}
