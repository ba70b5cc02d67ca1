namespace Loxi.Linux.Netlink;

/// <summary>What happened to the object of a <see cref="NetworkChange"/>.</summary>
public enum NetworkChangeAction
{
    /// <summary>
    /// It is now as given. The kernel does not tell new addresses and neighbours from changed ones, so for these it stands for both.
    /// </summary>
    Changed = 0,

    /// <summary>It is new: said of links and routes.</summary>
    Added,

    /// <summary>It is gone.</summary>
    Removed,
}
