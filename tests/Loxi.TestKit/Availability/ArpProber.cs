using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Availability;

/// <summary>
/// Asks a segment all the time who has an address, by ARP or neighbour solicitation, and notes the MAC address of each that answers. It asks from several
/// addresses of its host in turn: an answer names the address that it is for, so it is known to which question a late one belongs.
/// </summary>
public sealed class ArpProber : IDisposable
{
    private readonly IPAddress _vip;
    private readonly IReadOnlyList<IPAddress> _sources;
    private readonly byte[][] _questions;
    private readonly ProbeLog _log;
    private readonly PacketCapture _capture;
    private readonly Pacer _pacer;
    private long _late;

    private ArpProber(LabHost host, string device, IPAddress vip, IReadOnlyList<IPAddress> sources, TimeSpan period)
    {
        if (sources.Count == 0 || sources.Any(source => source.AddressFamily != vip.AddressFamily))
        {
            throw new ArgumentException($"addresses to ask from: '{string.Join(", ", sources)}', expected one or more of the family of {vip}", nameof(sources));
        }

        (_vip, _sources) = (vip, sources);
        var mac = host.Mac(device);
        _questions = [.. sources.Select(source => vip.AddressFamily == AddressFamily.InterNetwork ? Packet.Arp(mac, source.ToString(), vip.ToString()) : Solicitation(mac, source, vip))];
        // As long as the address comes round again, an answer is not taken for another one's.
        _log = new(period, period * Math.Max(1, sources.Count - 1));
        _capture = host.Capture(device, packet =>
        {
            Look(packet);
            return false;
        });
        _pacer = new($"arp {vip}", period, Ask, () => _capture.IsClosed);
    }

    /// <summary>Answers that came too late to be counted.</summary>
    public long Late => Interlocked.Read(ref _late);

    /// <summary>Frames that were not seen: with some, silence may be no silence.</summary>
    public int Dropped => _capture.Dropped;

    /// <summary>Starts to ask.</summary>
    /// <param name="host">The third host.</param>
    /// <param name="device">Its interface on the segment.</param>
    /// <param name="vip">The address.</param>
    /// <param name="sources">Addresses of that interface to ask from, in turn.</param>
    /// <param name="period">Time between two questions, 5 ms when null.</param>
    public static ArpProber Start(LabHost host, string device, IPAddress vip, IReadOnlyList<IPAddress> sources, TimeSpan? period = null)
        => new(host, device, vip, sources, period ?? TimeSpan.FromMilliseconds(5));

    /// <summary>Who answered until now; owners are MAC addresses.</summary>
    public OwnerTimeline Read() => _log.Read();

    public void Dispose()
    {
        _pacer.Dispose();
        _capture.Dispose();
    }

    private static byte[] Solicitation(string mac, IPAddress source, IPAddress vip)
    {
        // RFC 4861 7.2.2: to the solicited-node multicast address, with the asker's link-layer address.
        var last = vip.GetAddressBytes().AsSpan(13);
        IPAddress to = new([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, .. last]);
        byte[] body = [.. vip.GetAddressBytes(), 1, 1, .. PhysicalAddress.Parse(mac.ToUpperInvariant().Replace(':', '-')).GetAddressBytes()];
        return Packet.Ipv6(source.ToString(), to.ToString()).WithTtl(255).WithMacs(mac, $"33:33:ff:{last[0]:x2}:{last[1]:x2}:{last[2]:x2}").Icmp(135, 0, 0, body).ToFrame();
    }

    private void Ask() => _capture.Send(_questions[_log.Add() % _sources.Count]);

    private void Look(CapturedPacket packet)
    {
        if (packet.Outgoing || Answer(packet) is not var (mac, to))
        {
            return;
        }

        for (var i = 0; i < _sources.Count; i++)
        {
            if (_sources[i].Equals(to) && !_log.Answer(_log.Find(i, _sources.Count, packet.Moment), mac, packet.Moment))
            {
                Interlocked.Increment(ref _late);
            }
        }
    }

    /// <summary>Who says that it has the address, and to whom; null for anything else.</summary>
    private (string Mac, IPAddress To)? Answer(CapturedPacket packet)
    {
        var arp = ArpMessage.TryRead(packet);
        if (arp is { IsReply: true } && arp.Sender.Equals(_vip))
        {
            return (arp.SenderMac, arp.Target);
        }

        return NeighbourAdvertisement.TryRead(packet) is { Solicited: true } advertisement && advertisement.Target.Equals(_vip)
            ? (advertisement.Mac, packet.Destination!)
            : null;
    }
}
