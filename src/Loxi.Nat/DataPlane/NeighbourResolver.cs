using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Nat.Statistics;
using Loxi.Nat.Tables;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.DataPlane;

/// <summary>
/// Lets the kernel find neighbours that the programs miss and that it has no reason of its own to look for: packets that XDP drops, and those
/// of direct server return, which it never sees. Once a second for an address; the neighbour event that follows moves the flows. One
/// thread at a time; the counters from any.
/// </summary>
internal sealed partial class NeighbourResolver(NatMaps maps, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Addresses within a second; more wait for their next packet.</summary>
    internal const int MaxAddresses = 4096;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;
    private readonly RtnetlinkClient _netlink = new();
    private readonly Dictionary<(int Interface, InternetAddress Destination), long> _asked = [];
    private long _asks;
    private long _suppressed;
    private long _failed;

    /// <summary>What was done.</summary>
    public NeighbourCounters Counters => new(Interlocked.Read(ref _asks), Interlocked.Read(ref _suppressed), Interlocked.Read(ref _failed));

    /// <summary>A packet had no neighbour to go to.</summary>
    public void OnMissing(in RawEvent e)
    {
        var destination = DestinationOf(e);
        if (destination.IsNone || !MayAsk((int)e.Ifindex, destination))
        {
            Interlocked.Increment(ref _suppressed);
            return;
        }

        try
        {
            Interlocked.Increment(ref Ask((int)e.Ifindex, destination) ? ref _asks : ref _suppressed);
        }
        catch (LinuxException failure)
        {
            // The route or the interface is gone since: the next packet says what there is now.
            Interlocked.Increment(ref _failed);
            LogNotAsked(destination, (int)e.Ifindex, failure);
        }
    }

    public void Dispose() => _netlink.Dispose();

    /// <summary>False when it has been found since, or put there by hand: asking would take it away.</summary>
    private bool Ask(int interfaceIndex, InternetAddress destination)
    {
        var gateway = _netlink.LookupRoute(destination, outputInterface: interfaceIndex).Gateway;
        var next = gateway.IsNone ? destination : gateway;
        if (_netlink.TryGetNeighbour(interfaceIndex, next, out var known) && (known.IsUsable || known.State == NeighbourState.Incomplete))
        {
            return false;
        }

        _netlink.ProbeNeighbour(interfaceIndex, next);
        return true;
    }

    /// <summary>Where the flow's packets go to: as its entry says, or, for what has none, the event.</summary>
    private InternetAddress DestinationOf(in RawEvent e)
    {
        var tuple = new FlowTuple(e.Family == 6, WireAddress.ToNumber(e.Saddr), WireAddress.ToNumber(e.Daddr), e.Sport, e.Dport, e.Proto);
        if (tuple.TryFind(maps, out var flow))
        {
            var isIpv6 = tuple.IsIpv6 != ((flow.Flags & Shared.FlowCross) != 0);
            return isIpv6 ? WireAddress.ToAddress(flow.Xdaddr6) : WireAddress.ToAddress(flow.Xdaddr4);
        }

        return WireAddress.ToNumber(e.Xdaddr) == 0 ? default : (InternetAddress)WireAddress.ToAddress(e.Xdaddr);
    }

    private bool MayAsk(int interfaceIndex, InternetAddress destination)
    {
        var now = time.GetTimestamp();
        if (_asked.TryGetValue((interfaceIndex, destination), out var last) && time.GetElapsedTime(last, now) < Pause)
        {
            return false;
        }

        if (_asked.Count >= MaxAddresses)
        {
            foreach (var (key, asked) in _asked)
            {
                if (time.GetElapsedTime(asked, now) >= Pause)
                {
                    _asked.Remove(key);
                }
            }
        }

        if (_asked.Count < MaxAddresses)
        {
            _asked[(interfaceIndex, destination)] = now;
            return true;
        }

        return false;
    }

    [LoggerMessage(2034, LogLevel.Debug, "The neighbour on the way to {Destination} on interface {Interface} could not be asked for")]
    private partial void LogNotAsked(InternetAddress destination, int @interface, Exception exception);
}
