using System.Globalization;

namespace Loxi.Bgp;

/// <summary>A large community (RFC 8092 3).</summary>
/// <param name="GlobalAdministrator">The AS that gives it its meaning.</param>
/// <param name="LocalData1">First part.</param>
/// <param name="LocalData2">Second part.</param>
public readonly record struct BgpLargeCommunity(uint GlobalAdministrator, uint LocalData1, uint LocalData2)
{
    /// <summary>The canonical form, e.g. <c>64496:1:2</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{GlobalAdministrator}:{LocalData1}:{LocalData2}");
}
