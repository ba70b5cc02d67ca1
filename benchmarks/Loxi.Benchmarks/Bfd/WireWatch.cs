using System.Buffers.Binary;
using Loxi.Linux;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Sockets;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Bfd;

/// <summary>
/// What passes the link, with the kernel's times: of each session when the peer was last heard, and what the measured side says since. Knows nothing of
/// either program, so that all are measured alike.
/// </summary>
internal sealed class WireWatch : IDisposable
{
    private const int Headers = 14 + 20 + 8;
    private const ushort IPv4 = 0x0800;
    private const byte Down = 1;
    private const byte Up = 3;
    private const int ReceiveBuffer = 64 << 20;
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(50);

    private readonly NetworkNamespace _namespace;
    private readonly PacketSocket _socket;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<uint, State> _sessions = [];
    private readonly Lock _gate = new();
    private int _downs;

    internal WireWatch(LabHost host)
    {
        _namespace = NetworkNamespace.OpenPath(host.NamespacePath);
        var index = host.Run(static () =>
        {
            using var links = new Linux.Netlink.RtnetlinkClient();
            return links.GetLink(BfdPair.Device).Index;
        });
        // Of all types: a socket of one sees nothing that goes out.
        _socket = PacketSocket.Open(index, new PacketSocketOptions { Timestamps = true, ReceiveBuffer = ReceiveBuffer, NetworkNamespace = _namespace });
        _thread = new Thread(Read) { IsBackground = true, Name = "bfd-watch" };
        _thread.Start();
    }

    /// <summary>Sessions that both sides say to be up.</summary>
    internal int UpCount
    {
        get
        {
            lock (_gate)
            {
                return _sessions.Values.Count(static s => s is { Own: Up, Peer: Up });
            }
        }
    }

    /// <summary>How often a side has said Down after Up.</summary>
    internal int Downs => Volatile.Read(ref _downs);

    /// <summary>Milliseconds from the last packet of the peer to the first Down of the measured side; null while it is up.</summary>
    internal double? Detection(int session)
    {
        lock (_gate)
        {
            return _sessions.TryGetValue(Key(BfdPair.Own(session)), out var s) && s.DownAt > s.HeardAt ? (s.DownAt - s.HeardAt) / 1e6 : null;
        }
    }

    internal void Forget()
    {
        lock (_gate)
        {
            _sessions.Clear();
            _downs = 0;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _socket.Dispose();
        _namespace.Dispose();
        _stop.Dispose();
    }

    private static uint Key(string address) => BinaryPrimitives.ReadUInt32BigEndian(System.Net.IPAddress.Parse(address).GetAddressBytes());

    private void Read()
    {
        var buffer = new byte[2048];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_socket.TryReceive(buffer, out var info, _poll) && info.Length >= Headers + 24)
                {
                    Note(buffer, info);
                }
            }
            catch (LinuxException e) when (e.ErrorNumber == Errno.ENETDOWN)
            {
                // Ctrl-C took the link away first.
                return;
            }
        }
    }

    private void Note(ReadOnlySpan<byte> frame, in PacketInfo info)
    {
        var ip = frame[14..];
        if (info.EtherType != IPv4 || ip[9] != 17 || BinaryPrimitives.ReadUInt16BigEndian(ip[22..]) != 3784)
        {
            return;
        }

        var outgoing = info.Direction == PacketDirection.Outgoing;
        var own = BinaryPrimitives.ReadUInt32BigEndian(ip[(outgoing ? 12 : 16)..]);
        var said = (byte)(frame[Headers + 1] >> 6);
        lock (_gate)
        {
            if (!_sessions.TryGetValue(own, out var s))
            {
                s = new State();
                _sessions.Add(own, s);
            }

            if (outgoing)
            {
                if (said == Down && s.Own == Up)
                {
                    s.DownAt = info.TimestampNanoseconds;
                    _downs++;
                }

                s.Own = said;
            }
            else
            {
                _downs += said == Down && s.Peer == Up ? 1 : 0;
                s.Peer = said;
                s.HeardAt = info.TimestampNanoseconds;
            }
        }
    }

    private sealed class State
    {
        public byte Own { get; set; }

        public byte Peer { get; set; }

        public long HeardAt { get; set; }

        public long DownAt { get; set; }
    }
}
