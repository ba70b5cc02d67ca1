using Loxi.Linux.Sockets;
using Loxi.Nat.DataPlane;
using Loxi.TestKit.Packets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loxi.Nat.RootTests.Support;

/// <summary>The half of the balancer that answers refused packets and holds fragments, run by hand, and the link on which it sends.</summary>
internal sealed class UserSpace : IDisposable
{
    /// <summary>IEEE 802 local experimental: a frame that says "all before me has been seen".</summary>
    private const ushort Marker = 0x88b5;

    private readonly PacketSocket _near;
    private readonly PacketSocket _far;
    private readonly byte[] _buffer = new byte[70_000];

    public UserSpace(World world, TimeProvider? time = null)
    {
        _far = PacketSocket.Open(Sandbox.IndexOf("v1"));
        _near = PacketSocket.Open(Sandbox.IndexOf("v0"), new PacketSocketOptions { EtherType = 0 });
        Punts = new PuntHandler(world.Maps, time ?? TimeProvider.System, new Random(1), NullLogger.Instance);
        Events = new FlowEventReader(world.Maps, Punts, world.Balancer.Connections.Changes);
    }

    public PuntHandler Punts { get; }

    public FlowEventReader Events { get; }

    /// <summary>Handles what is in the rings; the IP packets that leave the node because of it, in order.</summary>
    public IReadOnlyList<ParsedPacket> Work()
    {
        // The worse of both orders: the event that releases fragments is seen before the fragments.
        Events.Take();
        while (Punts.Take() > 0)
        {
        }

        return TakeSent();
    }

    /// <summary>The IP packets that left the node since the last call.</summary>
    public IReadOnlyList<ParsedPacket> TakeSent()
    {
        _near.Send(Packet.Frame(Marker, new byte[46], World.NodeMac));
        var sent = new List<ParsedPacket>();
        while (_far.TryReceive(_buffer, out var info, TimeSpan.FromSeconds(5)))
        {
            var packet = new ParsedPacket(_buffer.AsSpan(0, info.Length).ToArray());
            if (packet.EtherType == Marker)
            {
                return sent;
            }

            // Neighbour discovery and multicast listeners: the kernel's own.
            if (packet.IpOffset >= 0 && packet.SourceMac == World.NodeMac && !(packet.IsV6 && packet.IsIcmp && packet.IcmpType >= 130))
            {
                sent.Add(packet);
            }
        }

        throw new TimeoutException("The frame that ends the capture did not come.");
    }

    public void Dispose()
    {
        Events.Dispose();
        Punts.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _near.Dispose();
        _far.Dispose();
    }
}
