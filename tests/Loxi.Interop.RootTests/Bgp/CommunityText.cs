using System.Globalization;
using Loxi.Bgp;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Communities in the words of the daemons.</summary>
internal static class CommunityText
{
    private const int RouteTarget = 2;
    private const int RouteOrigin = 3;

    // RFC 1997, 8326, 9494, as FRR writes them.
    private static readonly Dictionary<string, uint> WellKnown = new(StringComparer.Ordinal)
    {
        ["graceful-shutdown"] = 0xffff_0000,
        ["llgr-stale"] = 0xffff_0006,
        ["no-llgr"] = 0xffff_0007,
        ["no-export"] = 0xffff_ff01,
        ["no-advertise"] = 0xffff_ff02,
        ["local-AS"] = 0xffff_ff03,
    };

    public static string Of(uint community) => string.Create(CultureInfo.InvariantCulture, $"{community >> 16}:{community & 0xffff}");

    public static uint Parse(string text)
    {
        if (WellKnown.TryGetValue(text, out var known))
        {
            return known;
        }

        var parts = Numbers(text);
        return parts[0] << 16 | parts[1];
    }

    public static BgpLargeCommunity ParseLarge(string text)
    {
        var parts = Numbers(text);
        return new BgpLargeCommunity(parts[0], parts[1], parts[2]);
    }

    /// <summary>A route target of an AS: of two octets where its number has no more (RFC 4360 4, RFC 5668).</summary>
    public static ulong Target(uint administrator, uint value) => Extended(RouteTarget, administrator, value);

    /// <summary>A route origin of an AS.</summary>
    public static ulong SiteOfOrigin(uint administrator, uint value) => Extended(RouteOrigin, administrator, value);

    /// <summary>A route target or origin as <c>rt</c> or <c>soo</c>, and its value as <c>AS:number</c>.</summary>
    public static (string Kind, string Value) OfExtended(ulong community)
    {
        var kind = (byte)(community >> 48) switch
        {
            RouteTarget => "rt",
            RouteOrigin => "soo",
            var other => throw new ArgumentOutOfRangeException(nameof(community), other, "expected a route target or origin"),
        };
        var value = (byte)(community >> 56) switch
        {
            0 => $"{(community >> 32) & 0xffff}:{community & 0xffff_ffff}",
            _ => $"{(community >> 16) & 0xffff_ffff}:{community & 0xffff}",
        };
        return (kind, value);
    }

    /// <summary>The reverse of <see cref="OfExtended"/>; an address may be in the place of the AS, and the AS may be two numbers with a dot (RFC 5396).</summary>
    public static ulong ParseExtended(string kind, string value)
    {
        var parts = value.Split(':');
        var subtype = kind == "rt" ? RouteTarget : RouteOrigin;
        var number = uint.Parse(parts[1], CultureInfo.InvariantCulture);
        var octets = parts[0].Split('.').Select(static part => uint.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return octets switch
        {
            [var administrator] => Extended(subtype, administrator, number),
            [var high, var low] => Extended(subtype, high << 16 | low, number),
            _ => 1UL << 56 | (ulong)subtype << 48 | (ulong)octets.Aggregate(static (sum, octet) => sum << 8 | octet) << 16 | number,
        };
    }

    private static ulong Extended(int subtype, uint administrator, uint value) => administrator <= ushort.MaxValue
        ? (ulong)subtype << 48 | (ulong)administrator << 32 | value
        : 2UL << 56 | (ulong)subtype << 48 | (ulong)administrator << 16 | value;

    private static uint[] Numbers(string text) => [.. text.Split(':').Select(static part => uint.Parse(part, CultureInfo.InvariantCulture))];
}
