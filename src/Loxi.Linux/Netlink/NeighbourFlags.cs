namespace Loxi.Linux.Netlink;

/// <summary>Flags of a neighbour entry (NTF_* in the low byte, NTF_EXT_* shifted by 8; linux/neighbour.h).</summary>
[Flags]
public enum NeighbourFlags : uint
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>In a request: resolve now, as if a packet were waiting.</summary>
    Use = 1,

    /// <summary>Answers for others (proxy ARP or ND).</summary>
    Proxy = 8,

    /// <summary>Learned by another agent than the kernel.</summary>
    ExternallyLearned = 0x10,

    /// <summary>IPv6: a router.</summary>
    Router = 0x80,

    /// <summary>The kernel keeps the entry resolved by itself (NTF_EXT_MANAGED, since Linux 5.16).</summary>
    Managed = 0x100,
}
