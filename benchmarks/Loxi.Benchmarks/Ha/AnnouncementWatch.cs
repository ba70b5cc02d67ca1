using System.Net;
using Loxi.Linux;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Netlink;
using Loxi.Linux.Sockets;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Ha;

/// <summary>Hears announcements of addresses as a neighbour does, gratuitous ARP and unsolicited advertisements, with the kernel's times. Knows nothing of who makes them.</summary>
internal sealed class AnnouncementWatch : IDisposable
{
    private const int ReceiveBuffer = 16 << 20;
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    private readonly NetworkNamespace _namespace;
    private readonly PacketSocket _socket;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<InternetAddress> _missing;
    private readonly TaskCompletionSource<(long First, long Last)> _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _first;

    internal AnnouncementWatch(LabHost host, string device, IEnumerable<IPAddress> addresses)
    {
        _missing = [.. addresses.Select(static a => (InternetAddress)a)];
        _namespace = NetworkNamespace.OpenPath(host.NamespacePath);
        using RtnetlinkClient links = new(_namespace);
        _socket = PacketSocket.Open(links.GetLink(device).Index, new PacketSocketOptions { Timestamps = true, ReceiveBuffer = ReceiveBuffer, NetworkNamespace = _namespace });
        _thread = new Thread(Read) { IsBackground = true, Name = "ha-watch" };
        _thread.Start();
    }

    /// <summary>Times of the first announcement, and of that which was the first for the last address; nanoseconds since 1970.</summary>
    /// <exception cref="TimeoutException">Not all came.</exception>
    internal Task<(long First, long Last)> AllAsync() => _all.Task.WaitAsync(_limit);

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _socket.Dispose();
        _namespace.Dispose();
        _stop.Dispose();
    }

    private void Read()
    {
        var buffer = new byte[256];
        while (!_stop.IsCancellationRequested)
        {
            if (!_socket.TryReceive(buffer, out var info, _poll) || !TryRead(buffer.AsSpan(0, info.Length), out var address) || !_missing.Remove(address))
            {
                continue;
            }

            _first = _first == 0 ? info.TimestampNanoseconds : _first;
            if (_missing.Count == 0)
            {
                _all.TrySetResult((_first, info.TimestampNanoseconds));
            }
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> frame, out InternetAddress address)
    {
        var isArp = frame.Length >= 42 && frame[12..14] is [8, 6] && frame[28..32].SequenceEqual(frame[38..42]);
        var isAdvertisement = frame.Length >= 78 && frame[12..14] is [0x86, 0xdd] && frame[20] == 58 && frame[54] == 136;
        address = isArp || isAdvertisement ? InternetAddress.FromBytes(isArp ? frame[28..32] : frame[62..78]) : default;
        return isArp || isAdvertisement;
    }
}
