namespace Loxi.Linux.Netlink;

/// <summary>What a <see cref="RoutingRule"/> does with the packets that it matches (FR_ACT_* of linux/fib_rules.h).</summary>
public enum RoutingRuleAction
{
    /// <summary>None given.</summary>
    Unspecified = 0,

    /// <summary>Looks in <see cref="RoutingRule.Table"/>; without a route there the next rule is asked.</summary>
    Lookup = 1,

    /// <summary>Goes on with a later rule.</summary>
    Goto = 2,

    /// <summary>Goes on with the next rule.</summary>
    Nop = 3,

    /// <summary>Drops silently.</summary>
    Blackhole = 6,

    /// <summary>Drops; the sender is told that the destination cannot be reached.</summary>
    Unreachable = 7,

    /// <summary>Drops; the sender is told that it is forbidden.</summary>
    Prohibit = 8,
}
