using System.Text.RegularExpressions;

namespace Loxi.Node.Options;

/// <summary>
/// Which interfaces are used, by <c>--whitelist</c> and <c>--blacklist</c>. With a whitelist only matching interfaces are, and the
/// blacklist does not count; without one all are that the blacklist does not match, and never <c>lo</c>. As in loxilb, an
/// expression may match anywhere in the name.
/// </summary>
internal sealed class InterfaceFilter(Regex? whitelist, Regex? blacklist)
{
    /// <summary>The filter when neither flag is given.</summary>
    public static InterfaceFilter Default { get; } = new(null, null);

    /// <summary>The whitelist; null = none.</summary>
    public Regex? Whitelist { get; } = whitelist;

    /// <summary>The blacklist; null = none.</summary>
    public Regex? Blacklist { get; } = blacklist;

    /// <summary>Whether an interface is used.</summary>
    /// <exception cref="RegexMatchTimeoutException">An expression took longer than a second.</exception>
    public bool Uses(string interfaceName) =>
        Whitelist is not null ? Whitelist.IsMatch(interfaceName) : interfaceName != "lo" && Blacklist?.IsMatch(interfaceName) != true;
}
