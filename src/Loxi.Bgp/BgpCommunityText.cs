using Loxi.Bgp.Policy;

namespace Loxi.Bgp;

/// <summary>Communities as text, in the forms that policies take.</summary>
public static class BgpCommunityText
{
    /// <summary>A community (RFC 1997), e.g. <c>65000:100</c>.</summary>
    /// <param name="community">The community.</param>
    /// <returns>The text.</returns>
    public static string Of(uint community) => PolicyText.Community(community);

    /// <summary>An extended community (RFC 4360), e.g. <c>rt:65000:100</c>, or <c>0x</c> and 16 hexadecimal digits.</summary>
    /// <param name="community">The community.</param>
    /// <returns>The text.</returns>
    public static string OfExtended(ulong community) => PolicyText.ExtendedCommunity(community);
}
