using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Loxi.Api.Mapping;

/// <summary>Reads prefixes strictly: an address as <see cref="AddressText"/> takes it, a slash and a length, and no bit beyond the length.</summary>
public static class PrefixText
{
    /// <summary>What a prefix looks like, as a phrase for messages.</summary>
    public const string Expected = "a prefix without bits beyond its length, such as 192.0.2.0/24 or 2001:db8::/32";

    /// <summary>Reads a prefix.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prefix">The prefix, default when it is none.</param>
    /// <returns>True when the text is a prefix; <c>10.0.0.1/8</c>, which has bits beyond its length, and <c>10/8</c> are none.</returns>
    public static bool TryParse(string? text, out IPNetwork prefix)
    {
        prefix = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0 || !AddressText.TryParse(text![..slash], out var address))
        {
            return false;
        }

        var digits = text.AsSpan(slash + 1);
        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (digits.Length is < 1 or > 3 || (digits.Length > 1 && digits[0] == '0')
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > bits
            || HasBitsBeyond(address, length))
        {
            return false;
        }

        prefix = new IPNetwork(address, length);
        return true;
    }

    private static bool HasBitsBeyond(IPAddress address, int length)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var count);
        for (var i = 0; i < count; i++)
        {
            var kept = Math.Clamp(length - (i * 8), 0, 8);
            if ((bytes[i] & (0xff >> kept)) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
