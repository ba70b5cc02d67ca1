namespace Loxi.Bgp.Tests.Live;

/// <summary>The rows of the bad input list for BGP: message headers, OPEN, UPDATE, attributes, multiprotocol, refresh, NOTIFICATION, behaviour over time, further ones.</summary>
internal static class BadInputRows
{
    internal static readonly string[] All =
    [
        .. Rows('H', 12), .. Rows('O', 29), .. Rows('U', 18), .. Rows('A', 49), "A50a", "A50b", "A50c", "A51", "A52", "A53", .. Rows('M', 17), .. Rows('R', 5), .. Rows('N', 4),
        .. Rows('T', 15), .. Rows('X', 15),
    ];

    private static IEnumerable<string> Rows(char kind, int count) => Enumerable.Range(1, count).Select(number => $"{kind}{number:00}");
}
