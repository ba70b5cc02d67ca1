using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Loxi.Core.Connections;

/// <summary>An IPv4 or IPv6 address in 16 bytes, IPv4 as v4-mapped (RFC 4291 2.5.5.2): a value, so that millions of them cost no memory of their own. Has no scope.</summary>
/// <param name="High">The first 8 bytes as a number, the first byte the most significant.</param>
/// <param name="Low">The last 8 bytes as a number.</param>
public readonly record struct FlowAddress(ulong High, ulong Low) : IComparable<FlowAddress>
{
    private const ulong Mapped = 0xffffUL << 32;

    /// <summary>Whether it is an IPv4 address.</summary>
    public bool IsIPv4 => High == 0 && Low >> 32 == 0xffff;

    /// <summary>
    /// Whether one host can send from it and be sent to at it across a router: not unspecified or 0.0.0.0/8, loopback, multicast, nor
    /// 240.0.0.0/4 with the broadcast address (RFC 1122 3.2.1.3, RFC 4291 2.4).
    /// </summary>
    public bool IsUnicast
    {
        get
        {
            if (IsIPv4)
            {
                return (byte)(Low >> 24) is not (0 or 127 or >= 224);
            }

            return High >> 56 != 0xff && (High != 0 || Low > 1);
        }
    }

    /// <summary>An IPv4 address.</summary>
    /// <param name="address">The address as a number, the first byte the most significant.</param>
    /// <returns>The address.</returns>
    public static FlowAddress FromIPv4(uint address) => new(0, Mapped | address);

    /// <summary>Reads the 16 bytes.</summary>
    /// <param name="bytes">16 bytes in network order; IPv4 is v4-mapped.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 16.</exception>
    public static FlowAddress Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Converts without allocating.</summary>
    /// <param name="address">IPv4 or IPv6; its scope is left out.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is null.</exception>
    public static FlowAddress From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            address.TryWriteBytes(bytes, out _);
            return FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes));
        }

        address.TryWriteBytes(bytes, out _);
        return Read(bytes);
    }

    /// <summary>Writes the 16 bytes.</summary>
    /// <param name="bytes">Receives 16 bytes in network order; IPv4 is v4-mapped.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is room for fewer.</exception>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
    }

    /// <summary>A new <see cref="IPAddress"/>, of the IPv4 family where it is v4-mapped.</summary>
    /// <returns>The address.</returns>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        Write(bytes);
        return new IPAddress(IsIPv4 ? bytes[12..] : bytes);
    }

    /// <summary>By the 16 bytes.</summary>
    /// <param name="other">The other address.</param>
    /// <returns>Negative, zero or positive.</returns>
    public int CompareTo(FlowAddress other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <summary>True when <paramref name="left"/> sorts before <paramref name="right"/>.</summary>
    /// <param name="left">One address.</param>
    /// <param name="right">The other address.</param>
    /// <returns>The comparison.</returns>
    public static bool operator <(FlowAddress left, FlowAddress right) => left.CompareTo(right) < 0;

    /// <summary>True when <paramref name="left"/> sorts after <paramref name="right"/>.</summary>
    /// <param name="left">One address.</param>
    /// <param name="right">The other address.</param>
    /// <returns>The comparison.</returns>
    public static bool operator >(FlowAddress left, FlowAddress right) => left.CompareTo(right) > 0;

    /// <summary>True unless <paramref name="left"/> sorts after <paramref name="right"/>.</summary>
    /// <param name="left">One address.</param>
    /// <param name="right">The other address.</param>
    /// <returns>The comparison.</returns>
    public static bool operator <=(FlowAddress left, FlowAddress right) => left.CompareTo(right) <= 0;

    /// <summary>True unless <paramref name="left"/> sorts before <paramref name="right"/>.</summary>
    /// <param name="left">One address.</param>
    /// <param name="right">The other address.</param>
    /// <returns>The comparison.</returns>
    public static bool operator >=(FlowAddress left, FlowAddress right) => left.CompareTo(right) >= 0;

    /// <summary>As <see cref="IPAddress"/> writes it.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => ToIPAddress().ToString();
}
