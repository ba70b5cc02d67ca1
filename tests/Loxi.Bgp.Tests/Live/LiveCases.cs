using Loxi.Bgp.Tests.Wire;
using Loxi.Bgp.Wire;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Live;

/// <summary>The rows that are one input each. What an external and an internal peer may send differs: both are there.</summary>
internal static partial class LiveCases
{
    private const byte Both = Optional | Transitive;

    internal static LiveCase[] All { get; } = [.. Headers(), .. Opens(), .. Updates(), .. AttributesOfUpdates(), .. Multiprotocol(), .. Refreshes(), .. Further(), .. WithoutRoutes(), .. FromInternalPeers()];

    internal static UpdateContext ContextOf(bool isInternal, bool isTwoOctet) => isInternal ? WireCase.Internal : isTwoOctet ? WireCase.TwoOctets : WireCase.External;

    private static LiveCase Reset(string row, string answer, byte[] input) => new(row, LiveReaction.Reset, input) { Answer = answer };

    private static LiveCase Accept(string row, byte[] input) => new(row, LiveReaction.Accept, input);

    private static LiveCase Ignore(string row, byte[] input) => new(row, LiveReaction.Ignore, input);

    private static LiveCase Withdraw(string row, byte[] input) => new(row, LiveReaction.Withdraw, input);

    /// <summary>An UPDATE with the route and this attribute, in place of that of its type or beside the mandatory ones.</summary>
    private static LiveCase With(string row, LiveReaction reaction, byte[] attribute, bool isInternal = false, bool isTwoOctet = false)
        => new(row, reaction, Update([], WireCase.Replaced(attribute, ContextOf(isInternal, isTwoOctet)), Route))
        {
            Attribute = attribute,
            IsInternal = isInternal,
            IsTwoOctet = isTwoOctet,
            Gone = reaction == LiveReaction.Discard ? attribute[1] : (byte)0,
        };

    private static LiveCase Withdraw(string row, string what, byte[] attribute, bool isInternal = false, bool isTwoOctet = false)
        => With(row, LiveReaction.Withdraw, attribute, isInternal, isTwoOctet) with { What = what };

    private static LiveCase Discard(string row, string what, byte[] attribute, bool isTwoOctet = false)
        => With(row, LiveReaction.Discard, attribute, isTwoOctet: isTwoOctet) with { What = what };

    private static LiveCase Accept(string row, string what, byte[] attribute, bool isInternal = false, bool isTwoOctet = false)
        => With(row, LiveReaction.Accept, attribute, isInternal, isTwoOctet) with { What = what };

    private static byte[] Path(params byte[] value) => Attribute(Transitive, 2, value);

    private static byte[] Segment(byte type, params uint[] numbers) => [type, (byte)numbers.Length, .. numbers.SelectMany(Number)];

    private static byte[] Sequence(params uint[] numbers) => Segment(2, numbers);

    private static byte[] Announce6(byte[] mpReach) => Update([], [.. mpReach, .. OriginIgp, .. PathOfPeer], []);

    /// <summary>X15: what withdraws the routes of an UPDATE resets the session when there are none, and what is discarded still is (RFC 7606 5.2).</summary>
    private static IEnumerable<LiveCase> WithoutRoutes()
    {
        // Without a route nothing is missing.
        foreach (var one in AttributesOfUpdates().Concat(Further()).Where(static c => c.What != "missing" && c.Reaction is LiveReaction.Withdraw or LiveReaction.Discard && c.Input.AsSpan(c.Input.Length - Route.Length).SequenceEqual(Route)))
        {
            byte[] input = [.. one.Input[..^Route.Length]];
            (input[16], input[17]) = ((byte)(input.Length >> 8), (byte)input.Length);
            yield return one with
            {
                Row = "X15",
                What = $"{one.Name} without a route",
                Reaction = one.Reaction == LiveReaction.Withdraw ? LiveReaction.Reset : LiveReaction.IgnoredDiscard,
                Answer = one.Reaction == LiveReaction.Withdraw ? AnswerOf(one) : "",
                Input = input,
            };
        }
    }

    /// <summary>
    /// The rows A once more, from a peer of the own AS. It does not put its AS before a path (A12, A13), and LOCAL_PREF, ORIGINATOR_ID and CLUSTER_LIST are for it to send (A23, A24, A29, A30).
    /// </summary>
    private static IEnumerable<LiveCase> FromInternalPeers()
    {
        foreach (var one in AttributesOfUpdates().Where(static c => c.Attribute.Length > 0 && !c.IsTwoOctet && c.What != "not enforced"))
        {
            var reaction = one.Row switch
            {
                "A12" or "A13" or "A23" or "A29" or "A30" => LiveReaction.Accept,
                "A24" => LiveReaction.Withdraw,
                _ => one.Reaction,
            };
            yield return With(one.Row, reaction, one.Attribute, isInternal: true) with
            {
                What = $"{one.What} from an internal peer".Trim(),
                Settings = one.Settings,
                Rejection = one.Rejection,
                Gone = reaction == one.Reaction ? one.Gone : (byte)0,
                Kept = one.Kept,
            };
        }
    }

    /// <summary>RFC 4271 6.3: the subcode is that of the malformation.</summary>
    private static string AnswerOf(LiveCase one)
    {
        var error = WireCase.Read(one.Input, ContextOf(one.IsInternal, one.IsTwoOctet)).Error;
        return $"3/{error.Subcode}";
    }
}
