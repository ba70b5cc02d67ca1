using System.Text.RegularExpressions;
using Loxi.Linux.Netlink;

namespace Loxi.Nat.Interfaces;

/// <summary>Which interfaces get the balancer, and on which hook. As with loxilb: a whitelist alone decides, a blacklist excludes, `lo` is never used unless it is whitelisted.</summary>
public sealed record InterfacePolicy
{
    /// <summary>The hook where <see cref="Hooks"/> names none.</summary>
    /// <value>Default: <see cref="HookMode.Auto"/>.</value>
    public HookMode DefaultHook { get; init; } = HookMode.Auto;

    /// <summary>The hook by interface name.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyDictionary<string, HookMode> Hooks { get; init; } = new Dictionary<string, HookMode>();

    /// <summary>Names that are used; unanchored. When given, nothing else counts.</summary>
    /// <value>Default: null.</value>
    public Regex? Whitelist { get; init; }

    /// <summary>Names that are not used; unanchored.</summary>
    /// <value>Default: null.</value>
    public Regex? Blacklist { get; init; }

    /// <summary>
    /// Whether the interfaces that are used, and the loopback interface, carry the balancer for what goes out too: for clients and
    /// endpoints that are processes of this node or of its other network namespaces.
    /// </summary>
    /// <value>Default: false.</value>
    public bool EgressHooks { get; init; }

    /// <summary>The hook for an interface; null when it shall have none.</summary>
    /// <param name="link">The interface.</param>
    /// <returns>The hook.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="link"/> is null.</exception>
    /// <exception cref="RegexMatchTimeoutException">An expression took too long for the name.</exception>
    public HookMode? HookFor(Link link)
    {
        ArgumentNullException.ThrowIfNull(link);
        var used = Whitelist is not null
            ? Whitelist.IsMatch(link.Name)
            : (link.Flags & LinkFlags.Loopback) == 0 && Blacklist?.IsMatch(link.Name) != true;
        return used ? Hooks.GetValueOrDefault(link.Name, DefaultHook) : null;
    }

    /// <summary>Whether what goes out of an interface is looked at.</summary>
    /// <param name="link">The interface.</param>
    /// <param name="hook">What <see cref="HookFor"/> says of it.</param>
    internal bool WantsEgress(Link link, HookMode? hook) => EgressHooks && (hook is not null || (link.Flags & LinkFlags.Loopback) != 0);
}
