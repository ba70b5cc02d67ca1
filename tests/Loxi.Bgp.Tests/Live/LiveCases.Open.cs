using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Wire;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Live;

/// <content>Rows H and O.</content>
internal static partial class LiveCases
{
    private static byte[] As4 => Capability(65, Number(LiveLab.PeerAs));

    private static IEnumerable<LiveCase> Headers()
    {
        yield return Reset("H01", "1/1", [0xfe, .. Message(4)[1..]]);
        yield return Reset("H02", "1/2", MessageOfLength(18, 4));
        yield return Reset("H03", "1/2", Message(2, new byte[4097 - 19])) with { Settings = static peer => peer with { ExtendedMessages = false } };
        yield return Reset("H04", "1/2", MessageOfLength(0, 4));
        yield return Reset("H05", "1/3", Message(0));
        yield return Reset("H06", "1/3", Message(6, new byte[10]));
        yield return Reset("H07", "1/3", Message(255));
        yield return Reset("H08", "1/2", Message(4, 0));
        yield return Reset("H09", "1/2", Message(2, new byte[3]));
        yield return Reset("H10", "1/2", Message(1, new byte[9])) with { Phase = LivePhase.OpenSent };
        // 5,000 octets of withdrawals beside the route.
        byte[] withdrawn = [.. Enumerable.Range(0, 990).SelectMany(static i => (byte[])[32, 198, 18, (byte)(i >> 8), (byte)i])];
        yield return Accept("H11", Update(withdrawn, Mandatory, Route));
        yield return Reset("H12", "1/2", Message(1, new byte[5000 - 19])) with { Phase = LivePhase.OpenSent };
    }

    private static IEnumerable<LiveCase> Opens()
    {
        yield return OpenReset("O01", "2/1", OpenWith(3, LiveLab.PeerAs, 90, 1, 0));
        yield return OpenReset("O02", "2/2", OpenWith(4, LiveLab.PeerAs + 100, 90, 1, 0));
        yield return OpenReset("O03", "2/2", OpenWith(4, 0, 90, 1, 0));
        yield return OpenReset("O04", "2/2", Open(CapabilitiesParameter(Capability(65, 0, 0, 0, 0))));
        yield return OpenReset("O05", "2/6", OpenWith(4, LiveLab.PeerAs, 1, 1, 0));
        yield return OpenReset("O06", "2/6", OpenWith(4, LiveLab.PeerAs, 2, 1, 0));
        yield return OpenReset("O07", "2/3", OpenWith(4, LiveLab.PeerAs, 90, 0, 0));
        yield return OpenReset("O08", "2/0", OpenWith(4, LiveLab.PeerAs, 90, 1, 200, CapabilitiesParameter(As4)));
        yield return OpenReset("O09", "2/0", OpenWith(4, LiveLab.PeerAs, 90, 1, 7, CapabilitiesParameter(As4)));
        yield return OpenReset("O10", "2/4", Open(3, 0));
        yield return OpenReset("O11", "2/0", Open(2));
        yield return OpenReset("O12", "2/0", Open(2, 4, 65, 4, 0, 0));
        yield return OpenReset("O13", "2/0", Open(CapabilitiesParameter(Capability(65, 0, 0, 1))));
        yield return OpenIgnored("O14", 1, 0, 2, 0);
        yield return OpenIgnored("O15", 64, 0) with { Settings = static peer => peer with { GracefulRestart = true }, NotInForce = "graceful-restart" };
        yield return OpenIgnored("O16", 71, 0, 1, 1) with { NotInForce = "long-lived-graceful-restart" };
        yield return OpenIgnored("O17", 73, 200, (byte)'a', (byte)'b', (byte)'c');
        yield return OpenIgnored("O18", 75, 0);
        yield return OpenIgnored("O19", 75, 10, 1, 2, 3, 4, 5, 6);
        yield return OpenReset("O20", "2/0", OpenWith(4, LiveLab.PeerAs, 90, 1, 255, 255));
        byte[] inner = [2, 0, 6, .. As4];
        yield return OpenReset("O21", "2/0", OpenWith(4, LiveLab.PeerAs, 90, 1, 255, [255, .. Word(inner.Length + 1), .. inner]));
        yield return OpenAccepted("O22", OpenWith(4, LiveLab.PeerAs, 90, 1, 255, [255, .. Word(inner.Length), .. inner]));
        yield return OpenIgnored("O23", 9, 0, 0) with { Settings = static peer => peer with { Role = BgpRole.Provider }, NotInForce = "role" };
        yield return OpenReset("O24", "2/2", Open(CapabilitiesParameter(Capability(65, Number(LiveLab.PeerAs + 1)), As4)));
        yield return OpenReset("O25", "5/1", Messages.Keepalive);
        yield return OpenReset("O26", "5/1", Update([], Mandatory, Route));
        yield return Reset("O27", "5/2", Update([], Mandatory, Route)) with { Phase = LivePhase.OpenConfirm };
        yield return Reset("O28", "5/2", LiveCase.OpenOf(LiveLab.PeerAs)) with { Phase = LivePhase.OpenConfirm };
        yield return Reset("O29", "5/3", LiveCase.OpenOf(LiveLab.PeerAs));
        yield return OpenAccepted("X03", Open()) with { What = "no option", IsTwoOctet = true };
        yield return OpenIgnored("X03", 200, 1, 2, 3) with { What = "unknown capability" };
        yield return OpenRole("X05", "mismatch", false, Capability(9, 2));
        yield return OpenRole("X05", "two roles", false, Capability(9, 1), Capability(9, 0));
        yield return OpenRole("X05", "strict and none", true);
        yield return OpenIgnored("X07", 69, 0, 1, 1, 0, 0, 2, 1, 4) with { What = "send/receive 0 and 4", Settings = static peer => peer with { AddPathReceive = true }, NotInForce = "add-path-receive" };
        yield return OpenIgnored("X08", 5, 0, 1, 0, 1, 0, 2, 0) with { What = "capability", Settings = static peer => peer with { Ipv4OverIpv6NextHop = true }, NotInForce = "extended-next-hop" };
    }

    private static LiveCase OpenReset(string row, string answer, byte[] open) => Reset(row, answer, open) with { Phase = LivePhase.OpenSent };

    private static LiveCase OpenAccepted(string row, byte[] open) => Accept(row, open) with { Phase = LivePhase.OpenSent };

    /// <summary>The capability counts as not sent.</summary>
    private static LiveCase OpenIgnored(string row, byte code, params byte[] value)
        => OpenAccepted(row, Open(CapabilitiesParameter(LiveCase.Capabilities[0], As4, Capability(code, value))));

    /// <summary>We are a provider: only a customer is right (RFC 9234 4.2).</summary>
    private static LiveCase OpenRole(string row, string what, bool isStrict, params byte[][] roles)
        => OpenReset(row, "2/11", Open(CapabilitiesParameter([As4, .. roles]))) with { What = what, Settings = peer => peer with { Role = BgpRole.Provider, RoleStrict = isStrict } };
}
