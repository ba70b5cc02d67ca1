using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Loxi.Api.Mapping;

/// <summary>Reads addresses as Go's <c>net.ParseIP</c> does: four decimal parts without leading zeros, or IPv6 without brackets, port or scope.</summary>
public static class AddressText
{
    /// <summary>Reads an address.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">The address, null when it is none.</param>
    /// <returns>True when the text is an address in its usual form; forms such as <c>10.1</c>, <c>0x0a000001</c> or <c>[::1]</c> are not.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        return !string.IsNullOrEmpty(text) && text.Length <= 45
            && (text.Contains(':', StringComparison.Ordinal) ? TryParseV6(text, out address) : TryParseV4(text, out address));
    }

    private static bool TryParseV4(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (!IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetwork)
        {
            return false;
        }

        // The parser takes octal, hexadecimal and short forms; only the usual form reads back as written.
        if (parsed.ToString() != text)
        {
            return false;
        }

        address = parsed;
        return true;
    }

    private static bool TryParseV6(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (text.AsSpan().ContainsAny("[]%/") || !IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        address = parsed;
        return true;
    }
}
