using System.Net;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Live;

/// <content>Rows M, R and N.</content>
internal static partial class LiveCases
{
    private static byte[][] EnhancedRefresh => [Capability(70)];

    private static IEnumerable<LiveCase> Multiprotocol()
    {
        yield return Reset6("M01", "3/9", MpReach(2, 1, [], Route6));
        yield return Reset6("M02", "3/9", MpReach(2, 1, new byte[9], Route6));
        yield return Reset6("M03", "3/9", Attribute(Optional, 14, [0, 2, 1, 32, .. NextHop6, 0]));
        yield return Reset6("M04", "3/9", Attribute(Optional, 14, 0, 2));
        yield return Reset6("M05", "3/9", MpReach(2, 1, NextHop6, [129, .. new byte[17]]));
        yield return Reset6("M06", "3/9", MpReach(2, 1, NextHop6, Route6[..^1]));
        yield return Reset6("M07", "3/1", [.. MpReach(2, 1, NextHop6, Route6), .. MpReach(2, 1, NextHop6, Route6)]);
        yield return Accept("M08", Update([], [.. MpReach(25, 70, [192, 0, 2, 1], [1, 2, 3, 4]), .. Mandatory], Route));
        yield return Ignore("M09", Announce6(MpReach(0, 0, NextHop6, Route6))) with { IsIpv6 = true };
        yield return Reset("M10", "3/9", Update([], Attribute(Optional, 15, 0, 2), [])) with { IsIpv6 = true };
        yield return Reset("M11", "3/9", Update([], MpUnreach(2, 1, Route6[..^1]), [])) with { IsIpv6 = true };
        yield return Reset("M13", "3/6", Update([], [.. MpUnreach(2, 1, []), .. Attribute(Transitive, 1, 3)], [])) with { IsIpv6 = true };
        yield return NextHop("M14", LiveReaction.Accept, "fe80::1");
        yield return NextHop("M15", LiveReaction.Withdraw, "::ffff:192.0.2.1");
        yield return new LiveCase("M16", LiveReaction.Withdraw, Announce6(MpReach(2, 1, NextHop6, Route6, Transitive))) { IsIpv6 = true };
        yield return Ignore("M17", Announce6(MpReach(1, 133, [], [0])));
        byte[] cut = [0, 0, 0, 7, 24, 198];
        yield return WithPaths("X07", "identifier cut", "3/10", Update([], Mandatory, cut[..3]));
        yield return WithPaths("X07", "identifier cut, IPv6", "3/9", Announce6(MpReach(2, 1, NextHop6, cut[..3])));
        yield return Reset("X08", "3/9", Announce6(MpReach(1, 1, NextHop6, Route))) with { What = "next hop of 16 octets for IPv4" };
        yield return NextHop("X09", LiveReaction.Withdraw, "::");
        yield return NextHop("X09", LiveReaction.Withdraw, "::1");
        yield return NextHop("X09", LiveReaction.Withdraw, "ff02::1");
    }

    private static IEnumerable<LiveCase> Refreshes()
    {
        yield return Ignore("R01", Message(5, 0, 25, 0, 70));
        yield return Ignore("R02", Message(5, 0, 1, 255, 1)) with { Further = EnhancedRefresh };
        yield return Reset("R03", "1/2", Message(5, 0, 1, 0));
        yield return Ignore("R04", Message(5, 0, 1, 0, 1, 1, 64, 0xff, 0xff));
        yield return Reset("R05", "7/1", Message(5, 0, 1, 1, 1, 0)) with { Further = EnhancedRefresh };
        yield return Ignore("R05", Message(5, 0, 1, 1, 1, 0)) with { What = "enhanced refresh not negotiated" };
        yield return Close("N01", [6, 2, 255, .. "0123456789"u8]);
        yield return Close("N02", 6, 4, 3, (byte)'a', 0xff, (byte)'b');
        yield return Close("N03", 0, 0);
        yield return Close("N04", 6, 9);
    }

    private static LiveCase Reset6(string row, string answer, byte[] mpReach) => Reset(row, answer, Announce6(mpReach)) with { IsIpv6 = true };

    private static LiveCase NextHop(string row, LiveReaction reaction, string address)
        => new(row, reaction, Announce6(MpReach(2, 1, IPAddress.Parse(address).GetAddressBytes(), Route6))) { IsIpv6 = true, What = address };

    private static LiveCase WithPaths(string row, string what, string answer, byte[] input) => Reset(row, answer, input) with
    {
        What = what,
        IsBare = true,
        Further = [Capability(69, 0, 1, 1, 3, 0, 2, 1, 3)],
        Settings = static peer => peer with { AddPathReceive = true },
    };

    private static LiveCase Close(string row, params byte[] notification) => new(row, LiveReaction.Close, Message(3, notification));
}
