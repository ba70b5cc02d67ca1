using Loxi.Ha.Announce.Wire;
using Loxi.Linux;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Netlink;
using Loxi.Linux.Sockets;
using Loxi.Linux.Sysctls;
using Loxi.Linux.Time;

namespace Loxi.Ha.Announce;

/// <summary>The machine, or one network namespace of it.</summary>
internal sealed class LinuxAnnounceSystem : IAnnounceSystem
{
    private const int BatchSize = 1024;
    private const string ArpIgnoreOfAll = "net/ipv4/conf/all/arp_ignore";

    private readonly NetworkNamespace? _namespace;
    private readonly RtnetlinkClient _client;
    private readonly PacketSocket _socket;
    private readonly List<PacketSendBatch> _batches = [];
    private readonly List<IDisposable> _listeners = [];
    private int _filled;

    internal LinuxAnnounceSystem(NetworkNamespace? networkNamespace)
    {
        _namespace = networkNamespace;
        _client = new RtnetlinkClient(networkNamespace);
        try
        {
            _socket = PacketSocket.Open(0, new PacketSocketOptions { EtherType = 0, NetworkNamespace = networkNamespace });
        }
        catch
        {
            _client.Dispose();
            throw;
        }
    }

    public ClaimInbox Inbox { get; } = new();

    public TimeSpan LastBatch { get; private set; }

    public void Listen(Action<int> changed, Action<Claim> heard, Action<Exception, string> failed)
    {
        _listeners.Add(new LinkListener(_namespace, changed, e => failed(e, "links")));
        _listeners.Add(new ClaimListener(true, _namespace, heard, e => failed(e, "ARP")));
        _listeners.Add(new ClaimListener(false, _namespace, heard, e => failed(e, "neighbour advertisements")));
    }

    public LinkView Read() => new(
        _client.GetLinks(),
        _client.GetAddresses(),
        Sysctl.TryRead(ArpIgnoreOfAll, out var text, _namespace) && int.TryParse(text, out var value) ? value : 0);

    public int Change(ReadOnlySpan<AddressChange> changes, Span<int> errors) => _client.ChangeAddresses(changes, errors);

    public int LinkTo(InternetAddress address)
    {
        try
        {
            var route = _client.LookupRoute(address);
            return route.Type == RouteType.Unicast ? route.OutputInterface : 0;
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.EACCES or Errno.EINVAL)
        {
            return 0; // no way, or one that is closed
        }
    }

    public HashSet<LinkLayerAddress> FindNeighbours(int interfaceIndex, IReadOnlySet<InternetAddress> addresses)
    {
        var found = new HashSet<LinkLayerAddress>();
        foreach (var address in addresses)
        {
            if (_client.TryGetNeighbour(interfaceIndex, address, out var neighbour) && !neighbour.LinkLayerAddress.IsNone)
            {
                found.Add(neighbour.LinkLayerAddress);
            }
        }

        return found;
    }

    public void Queue(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        while (_filled >= _batches.Count || !_batches[_filled].TryAdd(interfaceIndex, frame))
        {
            if (_filled < _batches.Count)
            {
                _filled++;
            }
            else
            {
                _batches.Add(new PacketSendBatch(BatchSize, NeighbourFrame.Size));
            }
        }
    }

    public (int Sent, int Failed, int Error) Flush()
    {
        var (sent, failed, error) = (0, 0, 0);
        var start = MonotonicClock.Nanoseconds;
        foreach (var batch in _batches)
        {
            var done = _socket.Send(batch);
            sent += done;
            failed += batch.Count - done;
            for (var i = 0; done < batch.Count && i < batch.Count; i++)
            {
                error = batch.Error(i) != 0 ? batch.Error(i) : error;
            }

            batch.Clear();
        }

        _filled = 0;
        LastBatch = TimeSpan.FromTicks((MonotonicClock.Nanoseconds - start) / 100);
        return (sent, failed, error);
    }

    public void Dispose()
    {
        _listeners.ForEach(static l => l.Dispose());
        _socket.Dispose();
        _client.Dispose();
    }
}
