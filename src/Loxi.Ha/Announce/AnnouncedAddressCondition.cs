namespace Loxi.Ha.Announce;

/// <summary>What is the matter with an address of a VIP group.</summary>
public enum AnnouncedAddressCondition
{
    /// <summary>The node is not master.</summary>
    Standby = 0,

    /// <summary>The node is master; the address is on its interface by the announcer's doing.</summary>
    Placed,

    /// <summary>The node is master; the address is one of its own or its data plane answers for it, by declaration or because somebody else put it on an interface. The announcer does not touch it.</summary>
    Owned,

    /// <summary>The node is master; routers lead to it, nothing is announced on links.</summary>
    Routed,

    /// <summary>The node is master but does not take the address, because another host has it.</summary>
    Withheld,

    /// <summary>The node is master but the address is not in place.</summary>
    Failed,
}
