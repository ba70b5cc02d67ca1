using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Live;

/// <content>Rows A.</content>
internal static partial class LiveCases
{
    private static Func<BgpPeerSettings, BgpPeerSettings> AnyFirstAs => static peer => peer with { EnforceFirstAs = false };

    private static IEnumerable<LiveCase> AttributesOfUpdates()
    {
        yield return Withdraw("A01", "", Attribute(Transitive, 1, 3));
        yield return Withdraw("A02", "", Attribute(Transitive, 1, 0, 0));
        yield return Withdraw("A03", "", Attribute(Both, 1, 0));
        yield return Accept("A04", "", Attribute(Transitive | 0x0f, 1, 0));
        yield return With("A05", LiveReaction.Discard, [.. OriginIgp, .. Attribute(Transitive, 1, 2)]) with { Gone = 0 };
        yield return Withdraw("A06", "", Path([0, 1, .. Number(64496)]));
        yield return Withdraw("A07", "", Path(2, 0));
        yield return Withdraw("A08", "", Path([2, 2, .. Number(64496)]));
        yield return Withdraw("A09", "", Path([.. Sequence(64496), 2]));
        yield return Withdraw("A10", "", Path(Sequence(64496, 0)));
        yield return Withdraw("A11", "", Path([3, 1, .. Number(64496)]));
        yield return Withdraw("A12", "enforced", Path());
        yield return Accept("A12", "not enforced", Path()) with { Settings = AnyFirstAs };
        yield return Withdraw("A13", "enforced", Path(Sequence(64499, 64496)));
        yield return Accept("A13", "not enforced", Path(Sequence(64499, 64496))) with { Settings = AnyFirstAs };
        yield return With("A14", LiveReaction.Unusable, Path(Sequence(64496, LiveLab.OwnAs))) with { Rejection = "as-loop" };
        yield return Accept("A14", "own AS allowed", Path(Sequence(64496, LiveLab.OwnAs))) with { Settings = static peer => peer with { AllowOwnAs = 1 } };
        yield return Withdraw("A15", "", Path(2, 1, 0xfb, 0xf0));
        yield return Accept("A16", "", Attribute(Transitive | Extended, 2, [.. Enumerable.Range(0, 3).SelectMany(static _ => Sequence([.. Enumerable.Repeat(64496u, 255)]))]));
        yield return Withdraw("A17", "", Attribute(Transitive, 3, 192, 0, 2));
        yield return Withdraw("A18", "", Attribute(Transitive, 3));
        yield return Withdraw("A19", "", Attribute(Transitive, 3, 0, 0, 0, 0));
        yield return Withdraw("A20", "", Attribute(Transitive, 3, 224, 0, 0, 1));
        yield return Withdraw("A22", "", Attribute(Optional, 4, 0, 0, 1));
        yield return Discard("A23", "", LocalPreference100);
        yield return Discard("A24", "", Attribute(Transitive, 5, 0, 0, 100));
        yield return Discard("A25", "", Attribute(Transitive, 6, 0));
        yield return Discard("A26", "", Attribute(Both, 7, 0, 0, 1, 1, 1));
        yield return Withdraw("A27", "", Attribute(Both, 8, 1, 2, 3, 4, 5));
        yield return Withdraw("A28", "", Attribute(Both, 8));
        yield return Discard("A29", "", Attribute(Optional, 9, 192, 0, 2, 1));
        yield return Discard("A30", "", Attribute(Optional, 10, 192, 0, 2, 1));
        yield return Withdraw("A31", "", Attribute(Both, 16, new byte[9]));
        yield return Withdraw("A32", "", Attribute(Both, 32, new byte[13]));
        yield return new LiveCase("A33", LiveReaction.Discard, Announce(Attribute(Both, 17, Sequence(70000)), Mandatory)) { Gone = 17 };
        yield return Discard("A34", "", Attribute(Both, 18, 1, 2, 3), isTwoOctet: true);
        yield return Reset("A35", "3/2", Announce(Mandatory, Attribute(Transitive, 200, 1, 2)));
        yield return Kept("A36", Attribute(Both, 200, 1, 2, 3));
        yield return Accept("A37", "", Attribute(Optional, 200, 1)) with { Gone = 200 };
        yield return Kept("A38", Attribute(Both | Partial, 28));
        yield return Kept("A39", Attribute(Both, 28, 0xde, 0xad, 0xbe, 0xef, 0xff));
        yield return Kept("A40", Attribute(Both, 23, 0, 8, 0, 4, 1, 200, 0, 0));
        yield return Kept("A41", Attribute(Both, 23, 0, 8, 0xff, 0xff));
        yield return Kept("A42", Attribute(Both, 40, 1, 0, 200, 0));
        yield return Kept("A43", Attribute(Both, 40, 5, 0, 20, 0, 1));
        yield return Accept("A44", "", Attribute(Optional, 26, 1, 0)) with { Gone = 26 };
        yield return Withdraw("A45", "", Attribute(Both, 35, 0, 0, 1));
        yield return Kept("A46", Attribute(Both, 22, 0, 0, 0, 0));
        yield return Kept("A47", Attribute(Both, 128, 0, 0));
        yield return Accept("A48", "", Attribute(Optional, 29, 4, 0, 0xff, 0xff)) with { Gone = 29 };
        yield return Accept("A49", "", Attribute(Transitive | Extended, 1, 0));
        yield return Kept("A50a", Attribute(Both | Extended, 200, new byte[3900]));
        yield return Accept("A51", "", Attribute(Both | Extended, 8, [.. Enumerable.Range(1, 990).SelectMany(static i => Number((uint)i))]));
        yield return Reset("A52", "3/2", Announce(Mandatory, Attribute(Transitive, 0)));
        yield return Kept("A53", Attribute(Both, 255, 1));
    }

    /// <summary>Passed on as it came, with Partial.</summary>
    private static LiveCase Kept(string row, byte[] attribute) => Accept(row, "", attribute) with { Kept = attribute };
}
