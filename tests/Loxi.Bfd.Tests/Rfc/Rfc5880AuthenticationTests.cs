using System.Buffers.Binary;
using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;
using Xunit;

namespace Loxi.Bfd.Tests.Rfc;

/// <summary>RFC 5880 6.7: authentication. Packets of the peer are signed by the tests' own code.</summary>
public sealed class Rfc5880AuthenticationTests
{
    public static TheoryData<BfdAuthenticationType> Types => [BfdAuthenticationType.SimplePassword, BfdAuthenticationType.KeyedMd5, BfdAuthenticationType.MeticulousKeyedMd5, BfdAuthenticationType.KeyedSha1, BfdAuthenticationType.MeticulousKeyedSha1];

    public static TheoryData<BfdAuthenticationType> Keyed => [BfdAuthenticationType.KeyedMd5, BfdAuthenticationType.MeticulousKeyedMd5, BfdAuthenticationType.KeyedSha1, BfdAuthenticationType.MeticulousKeyedSha1];

    private static Bench With(BfdAuthentication authentication, TestRandom? random = null) => new(Bench.Settings with { Authentication = authentication }, random);

    private static uint Sequence(Sent sent) => BinaryPrimitives.ReadUInt32BigEndian(sent.Bytes.AsSpan(28));

    [Theory]
    [MemberData(nameof(Types))]
    public void Rfc5880_6_7_RightSecret_IsAccepted(BfdAuthenticationType type)
    {
        var keys = Keys.Of(type, (7, "secret"));
        var bench = With(keys);
        bench.Receive(Signed.By(keys, bench.Peer with { State = BfdState.Down })).Discard.Should().Be(BfdDiscardReason.None);
        bench.Session.State.Should().Be(BfdState.Init);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Rfc5880_6_7_WrongSecret_IsDiscarded(BfdAuthenticationType type)
    {
        var bench = With(Keys.Of(type, (7, "secret")));
        bench.Receive(Signed.By(Keys.Of(type, (7, "secreT")), bench.Peer with { State = BfdState.Down })).Discard.Should().Be(BfdDiscardReason.AuthenticationDigest);
        bench.Session.State.Should().Be(BfdState.Down);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Rfc5880_6_7_UnknownKeyId_IsDiscarded(BfdAuthenticationType type)
    {
        var bench = With(Keys.Of(type, (7, "secret")));
        bench.Receive(Signed.By(Keys.Of(type, (8, "secret")), bench.Peer with { State = BfdState.Down })).Discard.Should().Be(BfdDiscardReason.AuthenticationKeyId);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Rfc5880_6_7_OtherType_IsDiscarded(BfdAuthenticationType type)
    {
        foreach (var other in Types.Select(t => t.Data).Where(t => t != type))
        {
            var bench = With(Keys.Of(type, (7, "secret")));
            bench.Receive(Signed.By(Keys.Of(other, (7, "secret")), bench.Peer with { State = BfdState.Down })).Discard.Should().Be(BfdDiscardReason.AuthenticationType);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Rfc5880_6_7_EveryBit_IsCovered(BfdAuthenticationType type)
    {
        if (type == BfdAuthenticationType.SimplePassword)
        {
            return; // Covers nothing but itself (6.7.2).
        }

        var keys = Keys.Of(type, (7, "secret"));
        var bench = With(keys);
        var packet = Signed.By(keys, bench.Peer with { State = BfdState.Down });
        for (var bit = 0; bit < packet.Length * 8; bit++)
        {
            var changed = packet.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            bench.Receive(changed).Discard.Should().NotBe(BfdDiscardReason.None, $"bit {bit} is changed");
        }

        bench.Session.State.Should().Be(BfdState.Down);
        bench.Receive(packet).Discard.Should().Be(BfdDiscardReason.None);
    }

    [Theory]
    [InlineData(BfdAuthenticationType.SimplePassword, "p", 4)]
    [InlineData(BfdAuthenticationType.SimplePassword, "sixteen bytes ok", 19)]
    [InlineData(BfdAuthenticationType.KeyedMd5, "k", 24)]
    [InlineData(BfdAuthenticationType.MeticulousKeyedMd5, "sixteen bytes ok", 24)]
    [InlineData(BfdAuthenticationType.KeyedSha1, "k", 28)]
    [InlineData(BfdAuthenticationType.MeticulousKeyedSha1, "twenty bytes are ok!", 28)]
    public void Rfc5880_6_7_SentSection_HasItsTypeLengthAndKeyId(BfdAuthenticationType type, string secret, int length)
    {
        var keys = Keys.Of(type, (200, secret));
        var bench = With(keys);
        bench.Advance(0);
        var bytes = bench.Sent.Single().Bytes;
        bytes.Should().HaveCount(24 + length);
        bytes[3].Should().Be((byte)(24 + length));
        (bytes[1] & 0x04).Should().NotBe(0, "the A bit");
        bytes[24].Should().Be((byte)type);
        bytes[25].Should().Be((byte)length);
        bytes[26].Should().Be(200);

        var sequence = type == BfdAuthenticationType.SimplePassword ? 0 : Sequence(bench.Sent[0]);
        bytes.Should().Equal(Signed.By(keys, bench.LastSent, sequence));
    }

    [Fact]
    public void Rfc5880_6_7_2_PasswordOfAnotherLength_IsDiscarded()
    {
        var bench = With(Keys.Of(BfdAuthenticationType.SimplePassword, (7, "secret")));
        bench.Receive(Signed.By(Keys.Of(BfdAuthenticationType.SimplePassword, (7, "secre")), bench.Peer with { State = BfdState.Down })).Discard.Should().Be(BfdDiscardReason.AuthenticationDigest);
    }

    [Theory]
    [MemberData(nameof(Keyed))]
    public void Rfc5880_6_7_3_WrongAuthLen_IsDiscarded(BfdAuthenticationType type)
    {
        var keys = Keys.Of(type, (7, "secret"));
        var bench = With(keys);
        var packet = Signed.By(keys, bench.Peer with { State = BfdState.Down });
        packet[25]--;
        bench.Receive(packet).Discard.Should().Be(BfdDiscardReason.AuthenticationLength);
    }

    [Theory]
    [InlineData(BfdAuthenticationType.KeyedMd5, true)]
    [InlineData(BfdAuthenticationType.MeticulousKeyedMd5, false)]
    [InlineData(BfdAuthenticationType.KeyedSha1, true)]
    [InlineData(BfdAuthenticationType.MeticulousKeyedSha1, false)]
    public void Rfc5880_6_7_3_SequenceNumberAgain_IsAcceptedUnlessMeticulous(BfdAuthenticationType type, bool accepted)
    {
        var keys = Keys.Of(type, (7, "secret"));
        var bench = With(keys);
        bench.Receive(Signed.By(keys, bench.Peer with { State = BfdState.Down }, 50));
        bench.Receive(Signed.By(keys, bench.Peer with { State = BfdState.Down }, 50)).Discard.Should().Be(accepted ? BfdDiscardReason.None : BfdDiscardReason.AuthenticationSequence);
    }

    [Theory]
    [MemberData(nameof(Keyed))]
    public void Rfc5880_6_7_3_SequenceNumber_IsAcceptedUpToThreeTimesTheMultiplierAhead(BfdAuthenticationType type)
    {
        var keys = Keys.Of(type, (7, "secret"));
        foreach (var (ahead, accepted) in new (uint, bool)[] { (1, true), (11, true), (12, true), (13, false), (1_000, false), (0x80000000, false), (uint.MaxValue, false) })
        {
            var bench = With(keys);
            bench.Peer = bench.Peer with { DetectMult = 4, State = BfdState.Down };
            bench.Receive(Signed.By(keys, bench.Peer, 50));
            bench.Receive(Signed.By(keys, bench.Peer, unchecked(50 + ahead))).Discard.Should().Be(accepted ? BfdDiscardReason.None : BfdDiscardReason.AuthenticationSequence, $"{ahead} ahead");
        }
    }

    [Theory]
    [MemberData(nameof(Keyed))]
    public void Rfc5880_6_7_3_SequenceNumber_WrapsAround(BfdAuthenticationType type)
    {
        var keys = Keys.Of(type, (7, "secret"));
        var bench = With(keys);
        foreach (var sequence in new uint[] { 0xfffffffe, 0xffffffff, 0, 1, 9 })
        {
            bench.Receive(Signed.By(keys, bench.Peer with { State = BfdState.Down }, sequence)).Discard.Should().Be(BfdDiscardReason.None);
        }

        bench.Receive(Signed.By(keys, bench.Peer with { State = BfdState.Down }, 0xffffffff)).Discard.Should().Be(BfdDiscardReason.AuthenticationSequence);
    }

    [Theory]
    [MemberData(nameof(Keyed))]
    public void Rfc5880_6_7_3_SequenceNumberOfADiscardedPacket_IsNotTaken(BfdAuthenticationType type)
    {
        var keys = Keys.Of(type, (7, "secret"));
        var bench = With(keys);
        bench.Receive(Signed.By(keys, bench.Peer with { State = BfdState.Down }, 50));
        bench.Receive(Signed.By(Keys.Of(type, (7, "other")), bench.Peer with { State = BfdState.Down }, 59)).Discard.Should().Be(BfdDiscardReason.AuthenticationDigest);
        bench.Receive(Signed.By(keys, bench.Peer with { State = BfdState.Down }, 51)).Discard.Should().Be(BfdDiscardReason.None);
    }

    [Theory]
    [InlineData(BfdAuthenticationType.MeticulousKeyedMd5)]
    [InlineData(BfdAuthenticationType.MeticulousKeyedSha1)]
    public void Rfc5880_6_7_3_MeticulousSequenceNumber_GrowsByEachPacketAndWraps(BfdAuthenticationType type)
    {
        var random = new TestRandom();
        random.Scripted.Enqueue(5);
        random.Scripted.Enqueue(0xfffffffc);
        var bench = With(Keys.Of(type, (7, "secret")), random);
        bench.Advance(5_500);
        bench.Sent.Select(Sequence).Should().Equal(0xfffffffd, 0xfffffffe, 0xffffffff, 0, 1, 2);
    }

    [Theory]
    [InlineData(BfdAuthenticationType.KeyedMd5)]
    [InlineData(BfdAuthenticationType.KeyedSha1)]
    public void Rfc5880_6_7_3_OtherSequenceNumber_GrowsWithTheContent(BfdAuthenticationType type)
    {
        var keys = Keys.Of(type, (7, "secret"));
        var bench = With(keys);
        bench.Advance(2_500);
        var first = Sequence(bench.Sent[0]);
        bench.Sent.Select(Sequence).Should().Equal(first, first, first);
        bench.Receive(Signed.By(keys, bench.Peer with { State = BfdState.Down }));
        Sequence(bench.Sent[^1]).Should().Be(unchecked(first + 1));
    }

    [Theory]
    [MemberData(nameof(Keyed))]
    public void Rfc5880_6_7_3_Secret_IsNotInThePacket(BfdAuthenticationType type)
    {
        var bench = With(Keys.Of(type, (7, "0123456789abcdef")));
        bench.Advance(0);
        bench.Sent[0].Bytes.AsSpan().IndexOf("0123456789"u8).Should().Be(-1);
    }

    [Theory]
    [MemberData(nameof(Keyed))]
    public void Rfc5880_6_7_3_ReservedByte_IsIgnored(BfdAuthenticationType type)
    {
        // A sender that sets it hashes it too.
        var secret = "secret";
        var keys = Keys.Of(type, (7, secret));
        var bench = With(keys);
        var packet = Signed.By(keys, bench.Peer with { State = BfdState.Down });
        packet[27] = 0x5a;
        packet.AsSpan(32).Clear();
        System.Text.Encoding.ASCII.GetBytes(secret).CopyTo(packet, 32);
#pragma warning disable CA5350, CA5351 // RFC 5880 6.7.3, 6.7.4
        var digest = packet.Length == 48 ? System.Security.Cryptography.MD5.HashData(packet) : System.Security.Cryptography.SHA1.HashData(packet);
#pragma warning restore CA5350, CA5351
        digest.CopyTo(packet, 32);
        bench.Receive(packet).Discard.Should().Be(BfdDiscardReason.None);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void KeyRollOver_EveryKeyIsAcceptedAndOneIsSent(BfdAuthenticationType type)
    {
        var both = Keys.Of(type, (1, "old secret"), (2, "new secret"));
        var bench = With(both);
        bench.Advance(0);
        bench.Sent[^1].Bytes[26].Should().Be(1, "the first key is the active one unless another is named");
        bench.Receive(Signed.By(both, bench.Peer with { State = BfdState.Down }, 10, key: 0)).Discard.Should().Be(BfdDiscardReason.None);
        bench.Receive(Signed.By(both, bench.Peer with { State = BfdState.Down }, 11, key: 1)).Discard.Should().Be(BfdDiscardReason.None);

        bench.Do((s, now, t) => s.Change(bench.Session.Settings with { Authentication = both with { ActiveKeyId = 2 } }, now, t));
        bench.Advance(1_000);
        bench.Sent[^1].Bytes[26].Should().Be(2);

        bench.Do((s, now, t) => s.Change(bench.Session.Settings with { Authentication = Keys.Of(type, (2, "new secret")) }, now, t));
        bench.Receive(Signed.By(both, bench.Peer with { State = BfdState.Down }, 12, key: 0)).Discard.Should().Be(BfdDiscardReason.AuthenticationKeyId);
        bench.Receive(Signed.By(both, bench.Peer with { State = BfdState.Down }, 12, key: 1)).Discard.Should().Be(BfdDiscardReason.None);
    }

    [Fact]
    public void KeyRollOver_KeepsTheReplayProtection()
    {
        var both = Keys.Of(BfdAuthenticationType.MeticulousKeyedSha1, (1, "old secret"), (2, "new secret"));
        var bench = With(both);
        bench.Receive(Signed.By(both, bench.Peer with { State = BfdState.Down }, 10));
        bench.Do((s, now, t) => s.ChangeKeys(both with { ActiveKeyId = 2 }, now, t));
        bench.Receive(Signed.By(both, bench.Peer with { State = BfdState.Down }, 10)).Discard.Should().Be(BfdDiscardReason.AuthenticationSequence);
    }

    [Fact]
    public void AnotherType_BeginsAnotherSequence()
    {
        var md5 = Keys.Of(BfdAuthenticationType.MeticulousKeyedMd5, (1, "secret"));
        var sha1 = Keys.Of(BfdAuthenticationType.MeticulousKeyedSha1, (1, "secret"));
        var bench = With(md5);
        bench.Receive(Signed.By(md5, bench.Peer with { State = BfdState.Down }, 1_000_000));
        bench.Do((s, now, t) => s.ChangeKeys(sha1, now, t));
        bench.Receive(Signed.By(sha1, bench.Peer with { State = BfdState.Down }, 7)).Discard.Should().Be(BfdDiscardReason.None);
    }

    [Fact]
    public void ReplayOfACapture_HasNoEffectOnAMeticulousSession()
    {
        var keys = Keys.Sha1;
        var bench = With(keys);
        bench.Advance(0);
        var capture = new List<byte[]>();
        uint sequence = 77;
        void Say(BfdControlPacket packet)
        {
            capture.Add(Signed.By(keys, packet, sequence++));
            bench.Receive(capture[^1]).Discard.Should().Be(BfdDiscardReason.None);
        }

        Say(bench.Peer with { State = BfdState.Down });
        Say(bench.Say(BfdState.Init));
        Say(bench.Say(BfdState.Down));
        Say(bench.Say(BfdState.Down));
        Say(bench.Say(BfdState.Init));
        Say(bench.Say(BfdState.Up));
        bench.Session.State.Should().Be(BfdState.Up);

        foreach (var packet in capture)
        {
            bench.Receive(packet).Discard.Should().Be(BfdDiscardReason.AuthenticationSequence);
        }

        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void WrongTtl_IsDiscardedBeforeAnyCryptography()
    {
        var bench = With(Keys.Sha1);
        bench.Receive(Signed.By(Keys.OtherSha1, bench.Peer with { State = BfdState.Down }), ttl: 254).Discard.Should().Be(BfdDiscardReason.Ttl);
    }
}
