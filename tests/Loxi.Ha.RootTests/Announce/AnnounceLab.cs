using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Loxi.Core.Roles;
using Loxi.Ha.Announce;
using Loxi.Linux.Namespaces;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Topology;

namespace Loxi.Ha.RootTests.Announce;

/// <summary>Nodes A and B, a client and a third host on a switch that learns addresses: 192.0.2.1, .2, .10, .66 and 2001:db8::1 and so on, on <c>eth0</c>.</summary>
internal sealed class AnnounceLab : IAsyncDisposable
{
    internal static readonly IPAddress Vip4 = IPAddress.Parse("192.0.2.100");
    internal static readonly IPAddress Vip6 = IPAddress.Parse("2001:db8::100");

    private readonly Lab _lab = Lab.Create();
    private readonly List<NetworkNamespace> _namespaces = [];
    private readonly List<NeighbourAnnouncer> _announcers = [];

    internal AnnounceLab()
    {
        Switch = _lab.AddHost("sw");
        Switch.AddBridge("br0");
        A = Add("a", "1");
        B = Add("b", "2");
        Client = Add("c", "10");
        Third = Add("d", "66");
    }

    internal LabHost Switch { get; }

    internal LabHost A { get; }

    internal LabHost B { get; }

    internal LabHost Client { get; }

    internal LabHost Third { get; }

    internal IReadOnlyList<NeighbourAnnouncer> Announcers => _announcers;

    internal static ImmutableArray<AnnouncedGroup> Group(bool isMaster, string link = "lo", params IPAddress[] addresses) =>
        [new("g", [.. (addresses.Length > 0 ? addresses : [Vip4, Vip6]).Select(a => new AnnouncedAddress(a, AddressPlacement.Interface, link))], isMaster)];

    internal NeighbourAnnouncer Announcer(LabHost host)
    {
        var handle = NetworkNamespace.OpenPath(host.NamespacePath);
        _namespaces.Add(handle);
        var announcer = new NeighbourAnnouncer(new NeighbourAnnouncerOptions { NetworkNamespace = handle });
        _announcers.Add(announcer);
        return announcer;
    }

    /// <summary>Whether the packet is a gratuitous ARP of either form, or an unsolicited advertisement, for an address.</summary>
    internal static bool Announces(CapturedPacket packet, IPAddress address) => IsArp(packet, address, 1) || IsArp(packet, address, 2) || IsAdvertisement(packet, address);

    internal static bool IsArp(CapturedPacket packet, IPAddress address, ushort operation)
    {
        var frame = packet.Bytes.Span;
        return frame.Length >= 42 && BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == 0x0806
            && BinaryPrimitives.ReadUInt16BigEndian(frame[20..]) == operation
            && frame.Slice(28, 4).SequenceEqual(address.GetAddressBytes()) && frame.Slice(38, 4).SequenceEqual(frame.Slice(28, 4));
    }

    internal static bool IsAdvertisement(CapturedPacket packet, IPAddress address)
    {
        var frame = packet.Bytes.Span;
        return frame.Length >= 86 && BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == 0x86dd && frame[20] == 58 && frame[54] == 136
            && frame.Slice(62, 16).SequenceEqual(address.GetAddressBytes());
    }

    /// <summary>The client's next packet to an address, by whatever its cache says: one datagram, which must come to a node.</summary>
    internal async Task SendAsync(IPAddress address, LabHost node)
    {
        using var arrival = node.Capture("eth0", static p => !p.Outgoing && p.Bytes.Span.IndexOf("whose is it?"u8) >= 0);
        using var socket = Client.CreateSocket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo("whose is it?"u8, new IPEndPoint(address, 9999));
        await arrival.WaitForAsync(static _ => true, $"the datagram to {address} at {node.Name}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var announcer in _announcers)
        {
            await announcer.DisposeAsync();
        }

        _namespaces.ForEach(static n => n.Dispose());
        await _lab.DisposeAsync();
    }

    private LabHost Add(string name, string number)
    {
        var host = _lab.AddHost(name);
        _lab.Connect(host, "eth0", Switch, $"port-{name}");
        Switch.AttachToBridge("br0", $"port-{name}");
        host.AddAddress("eth0", $"192.0.2.{number}/24", $"2001:db8::{number}/64");
        return host;
    }
}
