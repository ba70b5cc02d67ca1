using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Loxi.Bgp.Policy;

/// <summary>Communities and patterns as text.</summary>
internal static class PolicyText
{
    internal const int LongestPattern = 256;

    // IANA "BGP Well-known Communities".
    private static readonly FrozenDictionary<string, uint> WellKnown = new Dictionary<string, uint>(StringComparer.OrdinalIgnoreCase)
    {
        ["graceful-shutdown"] = 0xFFFF0000,
        ["planned-shut"] = 0xFFFF0000,
        ["accept-own"] = 0xFFFF0001,
        ["llgr-stale"] = 0xFFFF0006,
        ["no-llgr"] = 0xFFFF0007,
        ["blackhole"] = 0xFFFF029A,
        ["no-export"] = 0xFFFFFF01,
        ["no-advertise"] = 0xFFFFFF02,
        ["no-export-subconfed"] = 0xFFFFFF03,
        ["no-peer"] = 0xFFFFFF04,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Decimal digits only, up to a limit.</summary>
    internal static bool TryNumber(ReadOnlySpan<char> text, ulong limit, out ulong value)
        => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= limit;

    /// <summary>Numbers between colons, as many as a whole value has or more: where they are none, that is a mistake and no expression.</summary>
    internal static bool LooksLikeAValue(string text, CommunityKind kind)
    {
        var parts = text.Split(':');
        var isNamed = parts[0] is "rt" or "soo";
        var (numbers, least) = kind switch
        {
            CommunityKind.Standard => (parts, 1),
            CommunityKind.Large => (parts, 3),
            _ => (isNamed ? parts[1..] : [], 2),
        };
        return numbers.Length >= least && Array.TrueForAll(numbers, static part => part.Length > 0 && part.All(char.IsAsciiDigit));
    }

    internal static bool TryCommunity(string text, out uint community)
    {
        if (WellKnown.TryGetValue(text, out community))
        {
            return true;
        }

        var at = text.IndexOf(':', StringComparison.Ordinal);
        if (at < 0)
        {
            var isNumber = TryNumber(text, uint.MaxValue, out var number);
            community = (uint)number;
            return isNumber;
        }

        if (!TryNumber(text.AsSpan(0, at), ushort.MaxValue, out var high) || !TryNumber(text.AsSpan(at + 1), ushort.MaxValue, out var low))
        {
            return false;
        }

        community = (uint)((high << 16) | low);
        return true;
    }

    internal static string Community(uint community) => string.Create(CultureInfo.InvariantCulture, $"{community >> 16}:{community & 0xFFFF}");

    internal static bool TryLargeCommunity(string text, out BgpLargeCommunity community)
    {
        community = default;
        var parts = text.Split(':');
        if (parts.Length != 3 || !TryNumber(parts[0], uint.MaxValue, out var global) || !TryNumber(parts[1], uint.MaxValue, out var first)
            || !TryNumber(parts[2], uint.MaxValue, out var second))
        {
            return false;
        }

        community = new((uint)global, (uint)first, (uint)second);
        return true;
    }

    /// <summary>RFC 4360 3 and 4, RFC 5668: route target (subtype 2) and route origin (subtype 3), by 2-octet AS, address or 4-octet AS.</summary>
    internal static bool TryExtendedCommunity(string text, out ulong community)
    {
        community = 0;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return text.Length == 18 && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out community);
        }

        var parts = text.Split(':');
        if (parts.Length != 3)
        {
            return false;
        }

        ulong subtype = parts[0] switch { "rt" => 2, "soo" => 3, _ => 0 };
        if (subtype == 0)
        {
            return false;
        }

        if (parts[1].Contains('.', StringComparison.Ordinal))
        {
            if (!IPAddress.TryParse(parts[1], out var address) || address.AddressFamily != AddressFamily.InterNetwork || !TryNumber(parts[2], ushort.MaxValue, out var local))
            {
                return false;
            }

            Span<byte> octets = stackalloc byte[4];
            _ = address.TryWriteBytes(octets, out _);
            community = (0x01ul << 56) | (subtype << 48) | ((ulong)BinaryPrimitives.ReadUInt32BigEndian(octets) << 16) | local;
            return true;
        }

        if (!TryNumber(parts[1], uint.MaxValue, out var number) || !TryNumber(parts[2], number <= ushort.MaxValue ? uint.MaxValue : ushort.MaxValue, out var value))
        {
            return false;
        }

        community = number <= ushort.MaxValue ? (subtype << 48) | (number << 32) | value : (0x02ul << 56) | (subtype << 48) | (number << 16) | value;
        return true;
    }

    internal static string ExtendedCommunity(ulong community)
    {
        var name = ((community >> 48) & 0xFF) switch { 2 => "rt", 3 => "soo", _ => null };
        return name is null
            ? string.Create(CultureInfo.InvariantCulture, $"0x{community:x16}")
            : (community >> 56) switch
            {
                0 => string.Create(CultureInfo.InvariantCulture, $"{name}:{(community >> 32) & 0xFFFF}:{community & 0xFFFFFFFF}"),
                1 => string.Create(CultureInfo.InvariantCulture,
                    $"{name}:{(community >> 40) & 0xFF}.{(community >> 32) & 0xFF}.{(community >> 24) & 0xFF}.{(community >> 16) & 0xFF}:{community & 0xFFFF}"),
                2 => string.Create(CultureInfo.InvariantCulture, $"{name}:{(community >> 16) & 0xFFFFFFFF}:{community & 0xFFFF}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"0x{community:x16}"),
            };
    }

    /// <summary>Makes a regular expression that takes linear time whatever the input (no backtracking) and whose size the runtime bounds.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="isAsPath">Whether <c>_</c> is the border of an AS number.</param>
    /// <param name="regex">The expression.</param>
    internal static bool TryRegex(string pattern, bool isAsPath, [NotNullWhen(true)] out Regex? regex)
    {
        regex = null;
        if (pattern.Length is 0 or > LongestPattern)
        {
            return false;
        }

        try
        {
            var text = isAsPath ? pattern.Replace("_", "(?:^|[,{}() ]|$)", StringComparison.Ordinal) : pattern;
            regex = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            // Not an expression, or one with look-around, back references or too many states.
            return false;
        }
    }
}
