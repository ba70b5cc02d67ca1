using System.Net;
using Loxi.Core.Services;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.Interfaces;

/// <summary>Asks the kernel which of the node's addresses a packet of the node's own would have on its way to a destination. May be called from any thread.</summary>
internal sealed partial class SourceLookup(ILogger logger) : IDisposable
{
    private readonly ILogger _logger = logger;
    private readonly RtnetlinkClient _client = new();

    /// <summary>The address; null when there is no way, or no address that others can answer.</summary>
    public IPAddress? Towards(IPAddress destination)
    {
        try
        {
            var source = _client.LookupRoute(destination).PreferredSource;
            return !source.IsNone && source.ToIPAddress() is var address && AddressRules.IsUsable(address) ? address : null;
        }
        catch (NetlinkException e)
        {
            // What the kernel says of routes that lead nowhere: unreachable, prohibited, blackhole, throw.
            if (e.ErrorNumber is not (Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.EACCES or Errno.EINVAL or Errno.EAGAIN))
            {
                LogUnknown(destination, e);
            }

            return null;
        }
    }

    public void Dispose() => _client.Dispose();

    [LoggerMessage(2023, LogLevel.Warning, "Which address the node has towards {Destination} could not be found: connections that need one are refused until the network changes")]
    private partial void LogUnknown(IPAddress destination, Exception exception);
}
