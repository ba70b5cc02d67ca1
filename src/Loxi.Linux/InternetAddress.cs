using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Loxi.Linux;

/// <summary>
/// An IPv4 or IPv6 address as a value: unlike <see cref="IPAddress"/> it allocates nothing and compares by value.
/// The default value is "none" (no family); scope ids are not carried, the interface index is given beside the address.
/// </summary>
public readonly record struct InternetAddress
{
    private readonly UInt128 _value;

    private InternetAddress(AddressFamily family, UInt128 value)
    {
        Family = family;
        _value = value;
    }

    /// <summary><see cref="AddressFamily.InterNetwork"/>, <see cref="AddressFamily.InterNetworkV6"/>, or <see cref="AddressFamily.Unspecified"/> for "none".</summary>
    public AddressFamily Family { get; }

    /// <summary>Whether this is the default value: no address at all (0.0.0.0 and :: are addresses).</summary>
    public bool IsNone => Family == AddressFamily.Unspecified;

    /// <summary>Bytes of the address: 4, 16, or 0 for "none".</summary>
    public int Length => Family switch
    {
        AddressFamily.InterNetwork => 4,
        AddressFamily.InterNetworkV6 => 16,
        _ => 0,
    };

    /// <summary>0.0.0.0: every IPv4 address of the host.</summary>
    public static InternetAddress IPv4Any => new(AddressFamily.InterNetwork, 0);

    /// <summary>::, every IPv6 address of the host.</summary>
    public static InternetAddress IPv6Any => new(AddressFamily.InterNetworkV6, 0);

    /// <summary>Whether this is an IPv6 link-local address (fe80::/10), which means something only together with a link.</summary>
    public bool IsIPv6LinkLocal => Family == AddressFamily.InterNetworkV6 && (_value >> 118) == 0x3fa;

    /// <summary>Converts; the scope id is dropped.</summary>
    /// <param name="address">An IPv4 or IPv6 address.</param>
    public static implicit operator InternetAddress(IPAddress address) => FromIPAddress(address);

    /// <summary>An address from its bytes in network order.</summary>
    /// <param name="bytes">4 or 16 bytes.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ArgumentException">Another length.</exception>
    public static InternetAddress FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => new(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        16 => new(AddressFamily.InterNetworkV6, BinaryPrimitives.ReadUInt128BigEndian(bytes)),
        _ => throw new ArgumentException($"An address has 4 or 16 bytes, not {bytes.Length}.", nameof(bytes)),
    };

    /// <summary>Converts; the scope id is dropped.</summary>
    /// <param name="address">An IPv4 or IPv6 address.</param>
    /// <returns>The same address as a value.</returns>
    public static InternetAddress FromIPAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return FromBytes(bytes[..length]);
    }

    /// <summary>Reads the usual text form.</summary>
    /// <param name="text">For example <c>192.0.2.1</c> or <c>2001:db8::1</c>.</param>
    /// <returns>The address.</returns>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public static InternetAddress Parse(string text) => FromIPAddress(IPAddress.Parse(text));

    /// <summary>Writes the bytes in network order.</summary>
    /// <param name="destination">Room for <see cref="Length"/> bytes.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public int CopyTo(Span<byte> destination)
    {
        if (destination.Length < Length)
        {
            throw new ArgumentException($"{Length} bytes of room are needed, there are {destination.Length}.", nameof(destination));
        }

        switch (Family)
        {
            case AddressFamily.InterNetwork:
                BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_value);
                return 4;
            case AddressFamily.InterNetworkV6:
                BinaryPrimitives.WriteUInt128BigEndian(destination, _value);
                return 16;
            default:
                return 0;
        }
    }

    /// <summary>Converts.</summary>
    /// <returns>A new <see cref="IPAddress"/> without scope id.</returns>
    /// <exception cref="InvalidOperationException">This is "none".</exception>
    public IPAddress ToIPAddress()
    {
        if (IsNone)
        {
            throw new InvalidOperationException("There is no address.");
        }

        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..CopyTo(bytes)]);
    }

    /// <summary>The usual text form.</summary>
    /// <returns>For example <c>192.0.2.1</c>; <c>none</c> for the default value.</returns>
    public override string ToString() => IsNone ? "none" : ToIPAddress().ToString();
}
