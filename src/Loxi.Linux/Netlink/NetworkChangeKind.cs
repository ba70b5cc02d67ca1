namespace Loxi.Linux.Netlink;

/// <summary>What a <see cref="NetworkChange"/> is about.</summary>
public enum NetworkChangeKind
{
    /// <summary>Events were lost: dump again what matters. Everything delivered afterwards is newer than the loss.</summary>
    Resync = 0,

    /// <summary>A link.</summary>
    Link,

    /// <summary>An address.</summary>
    Address,

    /// <summary>A route.</summary>
    Route,

    /// <summary>A neighbour.</summary>
    Neighbour,

    /// <summary>A rule of policy routing.</summary>
    Rule,

    /// <summary>A queueing discipline, class or filter of an interface.</summary>
    TrafficControl,
}
