using System.Buffers.Binary;
using System.Net;

namespace Loxi.Benchmarks.Packets;

/// <summary>
/// Whether the first client's packet has left a program as it should: a program that does not do its work is fast. Looks at addresses, ports,
/// TTL and checksums.
/// </summary>
internal static class FrameCheck
{
    private const int Ethernet = 14;
    private const byte Ttl = 64;
    private const byte Tcp = 6;
    private const byte IpInIp = 4;
    private static readonly byte[] _endpointMac = [2, 0, 0, 0, 0, 3];

    /// <summary>Of a packet from the client to a service.</summary>
    /// <exception cref="InvalidOperationException">Something is not as expected.</exception>
    internal static void Forward(string program, BalancedService service, byte[] frame, bool resolves)
    {
        var endpoints = Enumerable.Range(0, service.Endpoints).Select(service.Endpoint).ToArray();
        var sources = Enumerable.Range(0, service.Sources).Select(service.Source).ToArray();
        var packet = Read(program, frame);
        if (resolves)
        {
            Require(program, frame.AsSpan(0, 6).SequenceEqual(_endpointMac), "destination MAC", Convert.ToHexString(frame, 0, 6), Convert.ToHexString(_endpointMac));
        }

        if (service.Tunnel)
        {
            Require(program, packet.Protocol == IpInIp, "outer protocol", packet.Protocol, IpInIp);
            RequireOneOf(program, "outer destination", packet.Destination, endpoints);
            RequireOneOf(program, "outer source", packet.Source, sources);
            packet = Read(program, frame[packet.HeaderLength..]);
        }

        IPAddress[] destinations = service.Direct ? [service.Vip] : endpoints;
        RequireOneOf(program, "destination", packet.Destination, destinations);
        RequireOneOf(program, "source", packet.Source, service.Direct || sources.Length == 0 ? [Frames.FirstClient(service.Family)] : sources);
        Require(program, packet.DestinationPort == service.EndpointPort, "destination port", packet.DestinationPort, service.EndpointPort);
        Require(program, packet.SourcePort == Frames.FirstClientPort, "source port", packet.SourcePort, Frames.FirstClientPort);
        RequireWhole(program, packet);
    }

    /// <summary>Of an answer of the service's endpoint.</summary>
    /// <exception cref="InvalidOperationException">Something is not as expected.</exception>
    internal static void Reverse(string program, BalancedService service, byte[] frame)
    {
        var packet = Read(program, frame);
        RequireOneOf(program, "source", packet.Source, [service.Vip]);
        RequireOneOf(program, "destination", packet.Destination, [Frames.FirstClient(service.Family)]);
        Require(program, packet.SourcePort == Frames.ServicePort, "source port", packet.SourcePort, Frames.ServicePort);
        Require(program, packet.DestinationPort == Frames.FirstClientPort, "destination port", packet.DestinationPort, Frames.FirstClientPort);
        RequireWhole(program, packet);
    }

    private static void RequireWhole(string program, Packet packet)
    {
        Require(program, packet.Protocol == Tcp, "protocol", packet.Protocol, Tcp);
        Require(program, packet.Ttl == Ttl - 1, "TTL", packet.Ttl, Ttl - 1);
        Require(program, packet.HeaderSum is 0 or 0xffff, "sum of the IP header", packet.HeaderSum, 0xffff);
        Require(program, packet.SegmentSum == 0xffff, "sum of the segment", packet.SegmentSum, 0xffff);
    }

    private static Packet Read(string program, byte[] frame)
    {
        var ip = frame.AsSpan(Ethernet);
        var four = ip[0] >> 4 == 4;
        // Inside of a tunnel the type of the frame is that of the outer header.
        var (header, addresses, at) = four ? (20, 8, 12) : (40, 32, 8);
        var protocol = four ? ip[9] : ip[6];
        var length = four ? BinaryPrimitives.ReadUInt16BigEndian(ip[2..]) : BinaryPrimitives.ReadUInt16BigEndian(ip[4..]) + header;
        Require(program, length == ip.Length, "length from the IP header on", length, ip.Length);
        var segment = ip[header..length];
        return new(
            new(ip.Slice(at, addresses / 2)),
            new(ip.Slice(at + (addresses / 2), addresses / 2)),
            BinaryPrimitives.ReadUInt16BigEndian(segment),
            BinaryPrimitives.ReadUInt16BigEndian(segment[2..]),
            protocol,
            four ? ip[8] : ip[7],
            header,
            four ? Frames.Sum(ip[..header], 0) : 0,
            Frames.Sum(segment, Frames.Sum(ip.Slice(at, addresses), protocol + (uint)segment.Length)));
    }

    private static void RequireOneOf(string program, string what, IPAddress actual, IPAddress[] expected)
        => Require(program, expected.Contains(actual), what, actual, string.Join(" or ", expected.AsEnumerable()));

    private static void Require(string program, bool condition, string what, object actual, object expected)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"{program} sends a packet whose {what} is {actual}, expected {expected}");
        }
    }

    private sealed record Packet(
        IPAddress Source, IPAddress Destination, ushort SourcePort, ushort DestinationPort, byte Protocol, byte Ttl, int HeaderLength, uint HeaderSum, uint SegmentSum);
}
