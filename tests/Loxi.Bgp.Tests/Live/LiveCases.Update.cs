using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Live;

/// <content>Rows U.</content>
internal static partial class LiveCases
{
    private static IEnumerable<LiveCase> Updates()
    {
        yield return Reset("U01", "3/1", Message(2, [0, 200, .. Route, 0, 0]));
        yield return Reset("U02", "3/1", Message(2, [0, 0, .. Word(Mandatory.Length + Route.Length + 1), .. Mandatory, .. Route]));
        yield return Withdraw("U03", Announce(Mandatory, [Optional, 4, 5, 0, 0, 0, 1]));
        yield return Withdraw("U04", Announce(Mandatory, [Optional]));
        yield return Withdraw("U05", Announce(Mandatory, [Optional, 4]));
        yield return Withdraw("U06", Announce(Mandatory, [Optional | Extended, 4, 0]));
        yield return Withdraw("U07", Announce());
        yield return Withdraw("U08", Announce(PathOfPeer, NextHopOfPeer));
        yield return Withdraw("U09", Announce(OriginIgp, NextHopOfPeer));
        yield return Withdraw("U10", Announce(OriginIgp, PathOfPeer));
        yield return Withdraw("U11", Announce(Attribute(Both, 200, 1)));
        yield return Reset("U12", "3/10", Update([], Mandatory, [33, 198, 51, 100, 0, 0]));
        yield return Reset("U13", "3/10", Update([], Mandatory, [24, 198, 51]));
        yield return Reset("U14", "3/10", Update([33, 198, 51, 100, 0, 0], [], []));
        yield return Accept("U15", Update([], Mandatory, [24, 198, 51, 100, 25, 203, 0, 113, 0xff])) with { Present = "203.0.113.128/25" };
        yield return Ignore("U16", Update([], Mandatory, [24, 224, 0, 1])) with { Absent = "224.0.1.0/24" };
        yield return Ignore("U17", Update([], Mandatory, [8, 127])) with { Absent = "127.0.0.0/8" };
        yield return Accept("U18", Update(Route, Mandatory, Route));
        yield return Withdraw("M12", Update([], MpUnreach(2, 1, Route6), Route));
        yield return Withdraw("X10", "withdraw and discard", [.. Attribute(Transitive, 6, 1), .. Attribute(Optional, 4, 1)]);
        yield return Reset("X10", "3/2", Announce(Mandatory, Attribute(Optional, 4, 1), Attribute(Transitive, 6, 1), Attribute(Transitive, 200))) with { What = "reset, withdraw and discard" };
    }
}
