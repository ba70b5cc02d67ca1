using System.Net.Sockets;
using Loxi.Linux.Netlink.Wire;

namespace Loxi.Linux.Netlink;

/// <content>Rules of policy routing.</content>
public sealed partial class RtnetlinkClient
{
    private static readonly Parse<RoutingRule> ParseRule = static (in message, out rule) => RuleCodec.TryParse(message.Payload, out rule);

    /// <summary>The rules that say which packets look in which routing table.</summary>
    /// <param name="family">Only this family; <see cref="AddressFamily.Unspecified"/> for both.</param>
    /// <returns>The rules in the order in which they are asked, IPv4 first; empty for a family whose kernel has no policy routing.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<RoutingRule> GetRules(AddressFamily family = AddressFamily.Unspecified) =>
        ForFamilies(family, DumpRules);

    private List<RoutingRule> DumpRules(byte family)
    {
        try
        {
            return Dump("list routing rules", Nl.GetRule, Nl.NewRule, family, static (ref writer, number) => RuleCodec.WriteHeader(ref writer, number), ParseRule);
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.EAFNOSUPPORT or Errno.EOPNOTSUPP)
        {
            return []; // built without CONFIG_IP_MULTIPLE_TABLES
        }
    }
}
