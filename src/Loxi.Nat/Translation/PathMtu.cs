namespace Loxi.Nat.Translation;

/// <summary>The MTU that an ICMP error tells, for a sender of the other family (RFC 7915 4.2, 5.2).</summary>
internal static class PathMtu
{
    private const int Difference = IpHeader.Ipv6Length - IpHeader.Ipv4Length;
    private const int LeastIpv4 = 68;

    // RFC 1191 7.1
    private static ReadOnlySpan<int> Plateaus => [32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, LeastIpv4];

    /// <summary>What fits behind a larger header, and behind a fragment header too where the sender's packet had one.</summary>
    /// <param name="mtu">What the IPv4 router told; 0 when it is older than RFC 1191.</param>
    /// <param name="quotedLength">Length of the packet that was too big.</param>
    /// <param name="isFragment">Whether that was a fragment.</param>
    public static uint ToIpv6(int mtu, int quotedLength, bool isFragment)
    {
        var known = mtu != 0 ? mtu : Plateau(quotedLength);
        return (uint)Math.Max(IpHeader.LeastIpv6Mtu, known + Difference + (isFragment ? IpHeader.FragmentHeaderLength : 0));
    }

    /// <inheritdoc cref="ToIpv6"/>
    public static uint ToIpv4(uint mtu, bool isFragment) =>
        (uint)Math.Clamp(mtu - (long)Difference - (isFragment ? IpHeader.FragmentHeaderLength : 0), LeastIpv4, ushort.MaxValue);

    private static int Plateau(int length)
    {
        foreach (var plateau in Plateaus)
        {
            if (plateau < length)
            {
                return plateau;
            }
        }

        return LeastIpv4;
    }
}
