using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Loxi.Nat.Selection;

/// <summary>One endpoint as a Maglev table sees it: address, port and weight. Its canonical order is by address, then port.</summary>
public readonly record struct MaglevMember : IComparable<MaglevMember>
{
    /// <summary>Creates a member.</summary>
    /// <param name="address">Address of the endpoint. IPv4 becomes its IPv6-mapped form (RFC 4291 2.5.5.2); a scope id plays no part.</param>
    /// <param name="port">Port of the endpoint; 0 where the port of the service is kept.</param>
    /// <param name="weight">Share relative to the other members. Default 1, range 0 to 65,535; 0 gets no slot.</param>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weight"/> is outside its range.</exception>
    public MaglevMember(IPAddress address, ushort port, int weight = 1)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, ushort.MaxValue);
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes[10] = 0xff;
            bytes[11] = 0xff;
            address.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
        }

        Address = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        Port = port;
        Weight = (ushort)weight;
    }

    /// <summary>The address: its 16 bytes read as a big-endian number, IPv4 as ::ffff:a.b.c.d.</summary>
    public UInt128 Address { get; }

    /// <summary>The port in host order.</summary>
    public ushort Port { get; }

    /// <summary>The weight, 0 to 65,535.</summary>
    public ushort Weight { get; }

    /// <summary>Canonical order: by address, then by port. The weight plays no part.</summary>
    /// <param name="other">The member to compare with.</param>
    /// <returns>Less than, equal to or greater than zero.</returns>
    public int CompareTo(MaglevMember other)
    {
        var byAddress = Address.CompareTo(other.Address);
        return byAddress != 0 ? byAddress : Port.CompareTo(other.Port);
    }

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/> in the canonical order.</summary>
    public static bool operator <(MaglevMember left, MaglevMember right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/> in the canonical order.</summary>
    public static bool operator >(MaglevMember left, MaglevMember right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not come after <paramref name="right"/> in the canonical order.</summary>
    public static bool operator <=(MaglevMember left, MaglevMember right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not come before <paramref name="right"/> in the canonical order.</summary>
    public static bool operator >=(MaglevMember left, MaglevMember right) => left.CompareTo(right) >= 0;

    /// <summary>The member as <c>address:port*weight</c>.</summary>
    /// <returns>Text for logs and messages.</returns>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Address);
        var address = new IPAddress(bytes);
        return $"{new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, Port)}*{Weight}";
    }
}
