namespace Loxi.Linux.Netlink;

/// <summary>Flags of an address (IFA_F_*, linux/if_addr.h).</summary>
[Flags]
public enum AddressFlags : uint
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>IPv4: another address of the same subnet is primary. IPv6: a temporary address.</summary>
    Secondary = 1,

    /// <summary>IPv6: usable at once, without duplicate address detection (RFC 4862 5.4). What a VIP that moves needs.</summary>
    NoDad = 2,

    /// <summary>IPv6: optimistic duplicate address detection (RFC 4429).</summary>
    Optimistic = 4,

    /// <summary>IPv6: duplicate address detection found the address in use.</summary>
    DadFailed = 8,

    /// <summary>Its preferred lifetime is over: not chosen as source of new connections.</summary>
    Deprecated = 0x20,

    /// <summary>IPv6: duplicate address detection has not finished.</summary>
    Tentative = 0x40,

    /// <summary>Does not expire.</summary>
    Permanent = 0x80,

    /// <summary>The kernel makes temporary addresses of it.</summary>
    ManageTemporary = 0x100,

    /// <summary>No route to the prefix is made for the address.</summary>
    NoPrefixRoute = 0x200,
}
