using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Wire;

/// <summary>
/// Every attribute, every class of malformation, external and internal, with and without a route that can be reached. What is expected
/// stands in the two tables below, which are written from the RFCs.
/// </summary>
public sealed class Rfc7606TableTests
{
    private const byte Both = Optional | Transitive;

    // What follows from a malformation of the attribute, before "no reachable route" (RFC 7606 5.2) makes a reset of a withdraw.
    private const ErrorHandling None = ErrorHandling.None;
    private const ErrorHandling D = ErrorHandling.AttributeDiscard;
    private const ErrorHandling W = ErrorHandling.TreatAsWithdraw;
    private const ErrorHandling R = ErrorHandling.SessionReset;

    /// <summary>One attribute.</summary>
    /// <param name="Type">Type code.</param>
    /// <param name="Flags">Optional and Transitive as its RFC has them.</param>
    /// <param name="Value">A right value.</param>
    /// <param name="Lengths">Lengths of a value, of 0 to 40, that are right.</param>
    /// <param name="External">What a wrong value from an external peer leads to.</param>
    /// <param name="Internal">From an internal one.</param>
    /// <param name="Missing">What follows when it is not there, external and internal.</param>
    /// <param name="Unwelcome">The attribute is discarded whatever it holds, external and internal.</param>
    /// <param name="BadContent">Values of a right length with a wrong content.</param>
    private sealed record Rule(byte Type, byte Flags, byte[] Value, Func<int, bool> Lengths, ErrorHandling External, ErrorHandling Internal,
        (ErrorHandling External, ErrorHandling Internal) Missing, (bool External, bool Internal) Unwelcome, params byte[][] BadContent);

    private static readonly Rule[] Recognised =
    [
        // RFC 7606 7.1: length 1, values 0 to 2.
        new(1, Transitive, [0], n => n == 1, W, W, (W, W), default, [3], [255]),
        // RFC 7606 7.2 (segments), 7607 (AS 0), 9774 (sets), 5065 5 (confederations). A length is right when the segments fill it: see the contents.
        new(2, Transitive, [2, 1, 0, 0, 0xfb, 0xf0], n => n == 6, W, W, (W, W), default,
            [1, 1, 0, 0, 0xfb, 0xf0], [3, 1, 0, 0, 0xfb, 0xf0], [4, 1, 0, 0, 0xfb, 0xf0], [0, 1, 0, 0, 0xfb, 0xf0], [5, 1, 0, 0, 0xfb, 0xf0], [2, 1, 0, 0, 0, 0], [2, 0, 2, 0, 2, 0], [2, 2, 0, 0, 0xfb, 0xf0]),
        // RFC 7606 7.3: length 4. RFC 4271 6.3: the address of a host that is not us.
        new(3, Transitive, [192, 0, 2, 1], n => n == 4, W, W, (W, W), default, [0, 0, 0, 0], [127, 0, 0, 1], [224, 0, 0, 1], [192, 0, 2, 254], [255, 255, 255, 255]),
        // RFC 7606 7.4.
        new(4, Optional, [0, 0, 0, 1], n => n == 4, W, W, default, default),
        // RFC 7606 7.5: discarded from external peers. RFC 4271 5.1.5: in every UPDATE to internal ones.
        new(5, Transitive, [0, 0, 0, 1], n => n == 4, D, W, (None, W), (true, false)),
        // RFC 7606 7.6.
        new(6, Transitive, [], n => n == 0, D, D, default, default),
        // RFC 7606 7.7, with four octets of AS 8; RFC 7607: AS 0.
        new(7, Both, [0, 0, 0xfb, 0xf0, 192, 0, 2, 1], n => n == 8, D, D, default, default, [0, 0, 0, 0, 192, 0, 2, 1]),
        // RFC 7606 7.8: a multiple of 4 that is not 0.
        new(8, Both, [0xfb, 0xf0, 0, 1], n => n % 4 == 0 && n > 0, W, W, default, default),
        // RFC 7606 7.9.
        new(9, Optional, [192, 0, 2, 7], n => n == 4, D, W, default, (true, false)),
        // RFC 7606 7.10.
        new(10, Optional, [192, 0, 2, 7], n => n % 4 == 0 && n > 0, D, W, default, (true, false)),
        // RFC 7606 7.14.
        new(16, Both, [0, 2, 0xfb, 0xf0, 0, 0, 0, 1], n => n % 8 == 0 && n > 0, W, W, default, default),
        // RFC 6793 6: discarded between speakers with four octets of AS.
        new(17, Both, [2, 1, 0, 0, 0xfb, 0xf0], n => n == 6, D, D, default, (true, true)),
        new(18, Both, [0, 0, 0xfb, 0xf0, 192, 0, 2, 1], n => n == 8, D, D, default, (true, true)),
        // RFC 7606 7.15 (of RFC 5701).
        new(25, Both, [0, 2, .. new byte[18]], n => n % 20 == 0 && n > 0, W, W, default, default),
        // RFC 8092 5.
        new(32, Both, [0, 0, 0xfb, 0xf0, 0, 0, 0, 1, 0, 0, 0, 2], n => n % 12 == 0 && n > 0, W, W, default, default),
        // RFC 9234 5.
        new(35, Both, [0, 0, 0xfb, 0xf0], n => n == 4, W, W, default, default),
    ];

    private static readonly byte[] UnreachOfRoute6 = MpUnreach(2, 1, Route6);

    public static TheoryData<int, bool> Cases()
    {
        var data = new TheoryData<int, bool>();
        foreach (var rule in Recognised)
        {
            data.Add(rule.Type, true);
            data.Add(rule.Type, false);
        }

        return data;
    }

    [Fact]
    public void EveryRecognisedType_IsInTheTable()
        => Recognised.Select(r => (int)r.Type).Concat([14, 15, 26]).Should().BeEquivalentTo(Enum.GetValues<AttributeType>().Select(t => (int)t), "MP attributes have a test of their own, AIGP is never looked at");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Right_IsUsed(int type, bool external)
    {
        var rule = Of(type);
        Judge(external, Attribute(rule.Flags, rule.Type, rule.Value), Unwelcome(rule, external) ? D : None, $"right value of {type}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Flags_EveryValue(int type, bool external)
    {
        var rule = Of(type);
        for (var flags = 0; flags < 256; flags++)
        {
            var octets = Attribute((byte)flags, rule.Type, rule.Value);
            // RFC 7606 3(c): Optional and Transitive must fit. All else says nothing.
            var expected = Unwelcome(rule, external) ? D : (flags & Both) == rule.Flags ? None : W;
            Judge(external, octets, expected, $"flags {flags:x2} of {type}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Length_0To40(int type, bool external)
    {
        var rule = Of(type);
        for (var length = 0; length <= 40; length++)
        {
            byte[] value = [.. Enumerable.Range(0, length).Select(i => rule.Value.Length == 0 ? (byte)0 : rule.Value[i % rule.Value.Length])];
            if (type == 2 && (length == 0 || length % 6 == 0))
            {
                // A path of several segments, and the empty one of an internal peer, are right; that of an external one fails the check of the first AS (RFC 4271 6.3).
                Judge(external, Attribute(rule.Flags, rule.Type, value), length == 0 && external ? W : None, $"length {length} of {type}");
                continue;
            }

            Judge(external, Attribute(rule.Flags, rule.Type, value), Unwelcome(rule, external) ? D : rule.Lengths(length) ? None : Wrong(rule, external), $"length {length} of {type}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Content(int type, bool external)
    {
        var rule = Of(type);
        foreach (var value in rule.BadContent)
        {
            Judge(external, Attribute(rule.Flags, rule.Type, value), Unwelcome(rule, external) ? D : Wrong(rule, external), $"content {Convert.ToHexString(value)} of {type}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Duplicate_FirstOneCounts(int type, bool external)
    {
        // RFC 7606 3(g): also when the second one is wrong; and the first one decides when it is.
        var rule = Of(type);
        var right = Attribute(rule.Flags, rule.Type, rule.Value);
        var wrong = Attribute(rule.Flags, rule.Type, new byte[41]);
        Judge(external, [.. right, .. right], D, $"twice {type}");
        Judge(external, [.. right, .. wrong], D, $"right, then wrong {type}");
        Judge(external, [.. wrong, .. right], Unwelcome(rule, external) ? D : Strongest(D, Wrong(rule, external)), $"wrong, then right {type}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Missing(int type, bool external)
    {
        var rule = Of(type);
        var expected = external ? rule.Missing.External : rule.Missing.Internal;
        var message = Update([], [.. Others(external, rule.Type)], Route);
        Read(message, external).Should().Be(expected, $"no {type}");
        Read(Update(Route, [.. Others(external, rule.Type)], []), external).Should().Be(None, "nothing needs it");
        // RFC 4760 3: routes of MP_REACH_NLRI have their next hop there.
        Read(Update([], [.. MpReach(2, 1, NextHop6, Route6), .. Others(external, rule.Type)], []), external).Should().Be(type == 3 ? None : expected, $"no {type} beside MP_REACH_NLRI");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Order_MeansNothing(int type, bool external)
    {
        // RFC 4271 5: a receiver must take them in any order, and the result is the same.
        var rule = Of(type);
        var one = Attribute(rule.Flags, rule.Type, rule.Value);
        var others = Others(external, rule.Type).Chunk(1).SelectMany(b => b).ToArray();
        var context = external ? WireCase.External : WireCase.Internal;
        var first = WireCase.Read(Update([], [.. one, .. others], Route), context);
        var last = WireCase.Read(Update([], [.. others, .. one], Route), context);
        first.Outcome.Should().Be(Unwelcome(rule, external) ? D : None);
        last.Outcome.Should().Be(first.Outcome);
        last.Block.Should().Equal(first.Block);
        first.Block.Should().NotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Truncation_AtEachOctet(int type, bool external)
    {
        var rule = Of(type);
        foreach (var extended in new[] { false, true })
        {
            var whole = Attribute((byte)(rule.Flags | (extended ? Extended : 0)), rule.Type, rule.Value);
            for (var length = 1; length < whole.Length; length++)
            {
                // RFC 7606 4: the attributes end within one; where NLRI begins is still known.
                JudgeLast(external, rule.Type, whole[..length], W, $"{type} cut after {length} octets");
            }
        }
    }

    [Fact]
    public void MpAttributes()
    {
        byte[] reach = [0, 2, 1, 16, .. NextHop6, 0, .. Route6];
        byte[] unreach = [0, 2, 1, .. Route6];
        foreach (var external in new[] { true, false })
        {
            foreach (var (type, value) in new[] { ((byte)14, reach), ((byte)15, unreach) })
            {
                for (var flags = 0; flags < 256; flags++)
                {
                    // RFC 7606 3(c); without another route, MP_UNREACH_NLRI alone names none that can be reached.
                    var expected = (flags & Both) == Optional ? None : W;
                    Read(Update([], [.. Attribute((byte)flags, type, value), .. Others(external, 3)], []), external)
                        .Should().Be(expected == W && type == 15 ? R : expected, $"flags {flags:x2} of {type}");
                    Read(Update([], [.. Attribute((byte)flags, type, value), .. Others(external, 0)], Route), external).Should().Be(expected);
                }

                for (var length = 0; length < value.Length; length++)
                {
                    // RFC 7606 5.3, 7.11, 7.12: what is left of the routes cannot be told. Only where a prefix ends, it can.
                    var isWhole = (type == 14 && length == 21) || (type == 15 && length == 3);
                    Read(Update([], [.. Attribute(Optional, type, value[..length]), .. Others(external, 0)], Route), external)
                        .Should().Be(isWhole ? None : R, $"{length} octets of {type}");
                }

                foreach (var extended in new[] { false, true })
                {
                    var whole = Attribute((byte)(Optional | (extended ? Extended : 0)), type, value);
                    for (var length = 1; length < whole.Length; length++)
                    {
                        // RFC 7606 3(j): routes that cannot be read cannot be withdrawn. From one octet alone nobody knows the type.
                        Read(Update([], [.. Others(external, 0), .. whole[..length]], Route), external).Should().Be(length == 1 ? W : R, $"{type} cut after {length} octets");
                    }
                }

                // RFC 7606 3(g).
                var once = Attribute(Optional, type, value);
                Read(Update([], [.. once, .. Others(external, 0), .. once], Route), external).Should().Be(R);
            }
        }
    }

    [Fact]
    public void UnrecognisedTypes()
    {
        var recognised = Enum.GetValues<AttributeType>().Select(t => (int)t).ToHashSet();
        foreach (var type in Enumerable.Range(0, 256).Where(t => !recognised.Contains(t)))
        {
            foreach (var external in new[] { true, false })
            {
                for (var flags = 0; flags < 256; flags += 16)
                {
                    // RFC 4271 6.3: a well-known one must be recognised. 5: others are passed on or dropped.
                    Judge(external, Attribute((byte)flags, (byte)type, 1, 2, 3), (flags & Optional) == 0 ? R : None, $"flags {flags:x2} of {type}");
                }
            }
        }
    }

    // With a route in NLRI, in MP_REACH_NLRI, and with none (only withdrawn ones, of both kinds).
    private static void Judge(bool external, byte[] attribute, ErrorHandling expected, string why)
    {
        byte[] attributes = [.. Others(external, attribute[1]), .. attribute];
        JudgeAll(external, attributes, expected, attribute[1], why);
    }

    private static void JudgeLast(bool external, byte type, byte[] octets, ErrorHandling expected, string why) => JudgeAll(external, [.. Others(external, type), .. octets], expected, type, why);

    private static void JudgeAll(bool external, byte[] attributes, ErrorHandling expected, byte type, string why)
    {
        byte[] mpReach = MpReach(2, 1, NextHop6, Route6);
        byte[] nextHop = type == 3 ? [] : NextHopOfPeer;
        Read(Update([], attributes, Route), external).Should().Be(expected, $"{why}, NLRI, external {external}");
        Read(Update([], [.. mpReach, .. attributes], Route), external).Should().Be(expected, $"{why}, NLRI and MP_REACH, external {external}");
        var withoutRoute = expected == W ? R : expected;
        Read(Update(Route, attributes, []), external).Should().Be(withoutRoute, $"{why}, withdrawn routes, external {external}");
        Read(Update([], [.. UnreachOfRoute6, .. attributes], []), external).Should().Be(withoutRoute, $"{why}, MP_UNREACH, external {external}");
        if (nextHop.Length > 0)
        {
            Read(Update([], [.. mpReach, .. attributes], []), external).Should().Be(expected, $"{why}, MP_REACH, external {external}");
        }
    }

    // All mandatory attributes but one.
    private static byte[] Others(bool external, byte except)
    {
        byte[][] all = external ? [OriginIgp, PathOfPeer, NextHopOfPeer] : [OriginIgp, PathOfPeer, NextHopOfPeer, LocalPreference100];
        return [.. all.Where(a => a[1] != except).SelectMany(a => a)];
    }

    private static Rule Of(int type) => Recognised.Single(r => r.Type == type);

    private static bool Unwelcome(Rule rule, bool external) => external ? rule.Unwelcome.External : rule.Unwelcome.Internal;

    private static ErrorHandling Wrong(Rule rule, bool external) => external ? rule.External : rule.Internal;

    private static ErrorHandling Strongest(ErrorHandling one, ErrorHandling other) => one > other ? one : other;

    private static readonly UpdateBuffer Buffer = new();

    private static ErrorHandling Read(byte[] message, bool external) => UpdateReader.Read(message, external ? WireCase.External : WireCase.Internal, Buffer).Outcome;
}
