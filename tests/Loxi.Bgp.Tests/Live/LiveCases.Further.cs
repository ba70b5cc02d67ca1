using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Live;

/// <content>Rows X that are about the attributes of an UPDATE.</content>
internal static partial class LiveCases
{
    private static IEnumerable<LiveCase> Further()
    {
        yield return Withdraw("X01", "AS_SET", Path([.. Sequence(64496), .. Segment(1, 64497, 64498)]));
        yield return Withdraw("X01", "AS_CONFED_SET", Path([.. Sequence(64496), .. Segment(4, 64497)]));
        yield return Withdraw("X01", "AS_SET from an internal peer", Path([.. Sequence(64497), .. Segment(1, 64498)]), isInternal: true);
        yield return Withdraw("X01", "AS_SET in AS4_PATH", Attribute(Both, 17, [.. Sequence(64496), .. Segment(1, 70000)]), isTwoOctet: true);
        yield return Discard("X02", "", Attribute(Both, 7, 0, 0, 0, 0, 192, 0, 2, 1));
        yield return Discard("X02", "AS4_AGGREGATOR", Attribute(Both, 18, 0, 0, 0, 0, 192, 0, 2, 1), isTwoOctet: true);
        yield return Accept("X04", "AS4_PATH longer than AS_PATH", Attribute(Both, 17, Sequence(64496, 70000, 70001)), isTwoOctet: true) with { AsPath = "64496" };
        yield return Discard("X04", "AS4_PATH malformed", Attribute(Both, 17, 2), isTwoOctet: true);
        yield return Path2("confederation segments in AS4_PATH", "64496 70000", Attribute(Both, 17, [.. Segment(3, 65001, 65002, 65003), .. Sequence(70000)]));
        yield return Path2("AGGREGATOR that is not AS_TRANS", "64496 23456", [.. Attribute(Both, 7, [.. Word(64497), 192, 0, 2, 7]), .. Attribute(Both, 17, Sequence(70000)), .. Attribute(Both, 18, [.. Number(70000), 192, 0, 2, 1])]);
        // RFC 9234 5: a customer must not pass on what another AS has marked.
        yield return With("X06", LiveReaction.Unusable, Attribute(Both, 35, Number(64499))) with
        {
            Rejection = "route-leak",
            Settings = static peer => peer with { Role = BgpRole.Provider },
            Further = [Capability(9, 3)],
        };
        yield return Withdraw("X11", "length 3", Attribute(Transitive, 5, 0, 0, 100), isInternal: true);
        yield return Withdraw("X11", Announce(Mandatory)) with { What = "missing", IsInternal = true };
        yield return Withdraw("X12", "ORIGINATOR_ID of 3 octets", Attribute(Optional, 9, 1, 2, 3), isInternal: true);
        yield return Withdraw("X12", "CLUSTER_LIST of 5 octets", Attribute(Optional, 10, 1, 2, 3, 4, 5), isInternal: true);
        yield return Withdraw("X12", "CLUSTER_LIST of no octet", Attribute(Optional, 10), isInternal: true);
        yield return With("X13", LiveReaction.Unusable, Attribute(Optional, 9, 192, 0, 2, 254), isInternal: true) with { What = "ORIGINATOR_ID", Rejection = "originator-loop" };
        yield return With("X13", LiveReaction.Unusable, Attribute(Optional, 10, 1, 2, 3, 4, 192, 0, 2, 254), isInternal: true) with { What = "CLUSTER_LIST", Rejection = "cluster-loop" };
        yield return Accept("X14", "empty path", Path(), isInternal: true);
        yield return With("X14", LiveReaction.Unusable, Path(Sequence(LiveLab.OwnAs)), isInternal: true) with { What = "own AS", Rejection = "as-loop" };
        yield return Withdraw("X14", "confederation", Path(Segment(3, 64501)), isInternal: true);
    }

    /// <summary>A session of two octets, path 64496 23456.</summary>
    private static LiveCase Path2(string what, string expected, byte[] attributes)
        => Accept("X04", Announce(OriginIgp, Attribute(Transitive, 2, [2, 2, .. Word(64496), .. Word(23456)]), NextHopOfPeer, attributes)) with { What = what, IsTwoOctet = true, AsPath = expected };
}
