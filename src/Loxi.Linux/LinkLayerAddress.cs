using System.Globalization;
using System.Runtime.InteropServices;

namespace Loxi.Linux;

/// <summary>
/// A link-layer address as a value: the six bytes of an Ethernet MAC, or what other links use, up to 32 bytes (MAX_ADDR_LEN).
/// The default value is "none".
/// </summary>
public readonly record struct LinkLayerAddress
{
    /// <summary>The longest address, in bytes (MAX_ADDR_LEN).</summary>
    public const int MaxLength = 32;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;
    private readonly byte _length;

    /// <summary>An address from its bytes.</summary>
    /// <param name="bytes">0 to <see cref="MaxLength"/> bytes; none makes the default value.</param>
    /// <exception cref="ArgumentException">More bytes.</exception>
    public LinkLayerAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxLength)
        {
            throw new ArgumentException($"A link-layer address has at most {MaxLength} bytes, not {bytes.Length}.", nameof(bytes));
        }

        Span<ulong> words = stackalloc ulong[4];
        bytes.CopyTo(MemoryMarshal.AsBytes(words));
        _first = words[0];
        _second = words[1];
        _third = words[2];
        _fourth = words[3];
        _length = (byte)bytes.Length;
    }

    /// <summary>Bytes of the address; 6 for Ethernet.</summary>
    public int Length => _length;

    /// <summary>Whether there is no address.</summary>
    public bool IsNone => _length == 0;

    /// <summary>Reads the text form.</summary>
    /// <param name="text">Pairs of hexadecimal digits with ':' or '-' between, for example <c>02:00:5e:00:53:01</c>.</param>
    /// <returns>The address.</returns>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public static LinkLayerAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<byte> bytes = stackalloc byte[MaxLength];
        var count = 0;
        foreach (var part in text.Split(':', '-'))
        {
            if (count == MaxLength || part.Length != 2 || !byte.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[count]))
            {
                throw new FormatException($"'{text}' is not a link-layer address: expected pairs of hexadecimal digits such as 02:00:5e:00:53:01.");
            }

            count++;
        }

        return new LinkLayerAddress(bytes[..count]);
    }

    /// <summary>Writes the bytes.</summary>
    /// <param name="destination">Room for <see cref="Length"/> bytes.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public int CopyTo(Span<byte> destination)
    {
        ReadOnlySpan<ulong> words = [_first, _second, _third, _fourth];
        MemoryMarshal.AsBytes(words)[.._length].CopyTo(destination);
        return _length;
    }

    /// <summary>The text form.</summary>
    /// <returns>For example <c>02:00:5e:00:53:01</c>; <c>none</c> for the default value.</returns>
    public override string ToString()
    {
        if (IsNone)
        {
            return "none";
        }

        Span<byte> bytes = stackalloc byte[MaxLength];
        CopyTo(bytes);
        Span<char> text = stackalloc char[MaxLength * 3];
        for (var i = 0; i < _length; i++)
        {
            bytes[i].TryFormat(text[(i * 3)..], out _, "x2", CultureInfo.InvariantCulture);
            text[(i * 3) + 2] = ':';
        }

        return new string(text[..((_length * 3) - 1)]);
    }
}
