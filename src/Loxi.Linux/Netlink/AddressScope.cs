namespace Loxi.Linux.Netlink;

/// <summary>Scope of an address or route (RT_SCOPE_*, linux/rtnetlink.h).</summary>
public enum AddressScope : byte
{
    /// <summary>Valid everywhere.</summary>
    Universe = 0,

    /// <summary>Valid within the site.</summary>
    Site = 200,

    /// <summary>Valid on the link.</summary>
    Link = 253,

    /// <summary>Valid within the host.</summary>
    Host = 254,

    /// <summary>No destination; as a wildcard in deletions.</summary>
    Nowhere = 255,
}
