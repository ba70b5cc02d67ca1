using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Loxi.TestKit.Interop;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Traffic;

/// <summary>
/// What an endpoint of direct server return needs that gets its packets in IPIP tunnels of any two families, without the kernel's tunnel
/// devices: it takes tunnel packets by raw sockets, puts what is in them into the host's own stack by a TUN device, and has the VIP on
/// <c>lo</c>, so that servers of this host answer clients directly.
/// </summary>
public sealed class DecapsulatingEndpoint : IAsyncDisposable
{
    private const string Device = "decap0";

    private readonly LabHost _host;
    private readonly string[] _vips;
    private readonly TunDevice _device;
    private readonly List<Socket> _sockets = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<ParsedPacket> _packets = new();
    private readonly Task[] _loops;

    private DecapsulatingEndpoint(LabHost host, string[] vips)
    {
        _host = host;
        _vips = [.. vips.Select(vip => $"{vip}/{(vip.Contains(':', StringComparison.Ordinal) ? 128 : 32)}")];
        _device = TunDevice.Create(host, Device);
        host.AddAddress("lo", _vips);
        _loops =
        [
            Start(AddressFamily.InterNetwork, IpProtocol.IpInIp), Start(AddressFamily.InterNetwork, IpProtocol.Ipv6InIp),
            Start(AddressFamily.InterNetworkV6, IpProtocol.IpInIp), Start(AddressFamily.InterNetworkV6, IpProtocol.Ipv6InIp),
        ];
    }

    /// <summary>What came out of tunnels, in order.</summary>
    public IReadOnlyList<ParsedPacket> Packets => [.. _packets];

    /// <summary>Packets that the stack refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Starts taking tunnel packets for VIPs.</summary>
    public static DecapsulatingEndpoint Start(LabHost host, params string[] vips)
    {
        ArgumentNullException.ThrowIfNull(host);
        return new DecapsulatingEndpoint(host, vips);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _sockets.ForEach(socket => socket.Dispose());
        await Task.WhenAll(_loops);
        _device.Dispose();
        foreach (var vip in _vips)
        {
            _host.Ip($"address del {vip} dev lo");
        }

        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task Start(AddressFamily outer, byte protocol)
    {
        var socket = _host.CreateRawSocket(outer, protocol);
        _sockets.Add(socket);
        return Task.Run(() => TakeAsync(socket));
    }

    private async Task TakeAsync(Socket socket)
    {
        var buffer = new byte[1 << 16];
        var any = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, any, _stop.Token);
                // raw(7): IPv4 sockets get the outer header, IPv6 sockets do not.
                var outer = socket.AddressFamily == AddressFamily.InterNetwork ? (buffer[0] & 0xf) * 4 : 0;
                Inject(buffer.AsSpan(outer, received.ReceivedBytes - outer).ToArray());
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Inject(byte[] packet)
    {
        var parsed = new ParsedPacket(packet, ethernet: false);
        _packets.Enqueue(parsed);
        DeviceChecksum.Complete(parsed, packet);
        if (!_device.TryWrite(packet))
        {
            Refused++;
        }
    }
}
