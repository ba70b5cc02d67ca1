using FluentAssertions;
using Loxi.Nat.Refusals;
using Xunit;

namespace Loxi.Nat.Tests.Refusals;

public sealed class SctpAbortTests
{
    internal const string Init4 = "02000000000102000000000208004500003412340000398408cdc6336407cb00710a9c401388000000001949390401000014cafe000100010000000a000a00000001";
    private const string Abort4 = "020000000002020000000001080045000024000040004084d410cb00710ac633640713889c40cafe0001cbc4f37006000004";
    private const string Data6 = "0200000000010200000000028100006486dd600000000024844020010db800000000000000000000000720010db80001000000000000000000109c401388deadbeefdf1d8f730003001500000007000000000000000068656c6c6f000000";
    private const string Abort6 = "0200000000020200000000018100006486dd600000000010844020010db800010000000000000000001020010db800000000000000000000000713889c40deadbeef3607569206010004";
    private static readonly byte[] InitChunk = [1, 0, 0, 20, 0xca, 0xfe, 0, 1, 0, 1, 0, 0, 0, 10, 0, 10, 0, 0, 0, 1];
    private static readonly byte[] CookieEcho = [10, 0, 0, 8, 1, 2, 3, 4];
    private static readonly byte[] AbortChunk = [6, 0, 0, 4];
    private readonly byte[] _reply = new byte[RefusalBuilder.MaxReplyLength];

    public static TheoryData<string, byte[], RefusalSkip> Unanswered => new()
    {
        { "ABORT", Frames.Sctp(7, 6, 0, 0, 4), RefusalSkip.SctpUnanswered },
        { "ABORT, reflected", Frames.Sctp(7, 6, 1, 0, 4), RefusalSkip.SctpUnanswered },
        { "ABORT after another chunk", Frames.Sctp(7, [.. CookieEcho, .. AbortChunk]), RefusalSkip.SctpUnanswered },
        { "SHUTDOWN COMPLETE", Frames.Sctp(7, 14, 0, 0, 4), RefusalSkip.SctpUnanswered },
        { "COOKIE ACK", Frames.Sctp(7, 11, 0, 0, 4), RefusalSkip.SctpUnanswered },
        { "stale cookie", Frames.Sctp(7, 9, 0, 0, 12, 0, 3, 0, 8, 0, 0, 0, 1), RefusalSkip.SctpUnanswered },
        { "INIT with a tag", Frames.Sctp(7, InitChunk), RefusalSkip.Malformed },
        { "INIT that asks for tag 0", Frames.Sctp(0, [1, 0, 0, 20, .. new byte[16]]), RefusalSkip.Malformed },
        { "INIT with company", Frames.Sctp(0, [.. InitChunk, .. CookieEcho]), RefusalSkip.Malformed },
        { "INIT in company", Frames.Sctp(7, [.. CookieEcho, .. InitChunk]), RefusalSkip.Malformed },
        { "no tag, no INIT", Frames.Sctp(0, CookieEcho), RefusalSkip.Malformed },
        { "no chunk", Frames.Sctp(7), RefusalSkip.Malformed },
        { "checksum", Flip(Frames.Sctp(7, CookieEcho)), RefusalSkip.BadChecksum },
    };

    // Expected bytes computed by a second implementation, in another language, from RFC 9260.
    [Theory]
    [InlineData(Init4, Abort4)]
    [InlineData(Data6, Abort6)]
    public void RefusedFrame_GoldenAnswer(string refused, string expected) =>
        Answer(Convert.FromHexString(refused), RefusalKind.SctpAbort, out _).Should().Be(expected.ToUpperInvariant());

    [Theory]
    [MemberData(nameof(Unanswered))]
    public void Rfc9260_8_4_Frame_NotAnswered(string name, byte[] packet, RefusalSkip expected)
    {
        Answer(Frames.Ethernet(Frames.Ipv4(132, packet)), RefusalKind.SctpAbort, out var why).Should().BeNull(name);

        why.Should().Be(expected, name);
    }

    [Theory]
    [InlineData(8, 14)]
    [InlineData(7, 6)]
    [InlineData(5, 6)]
    [InlineData(10, 6)]
    public void Rfc9260_8_4_ChunkWithoutAssociation_AnsweredWithTagReflected(byte chunk, byte answer)
    {
        var frame = Frames.Ethernet(Frames.Ipv4(132, Frames.Sctp(0xdeadbeef, chunk, 0, 0, 4)));

        Answer(frame, RefusalKind.SctpAbort, out _)!.Substring((34 + 4) * 2, 8).Should().Be("DEADBEEF");
        Answer(frame, RefusalKind.SctpAbort, out _)!.Substring((34 + 12) * 2).Should().Be($"{answer:X2}010004");
    }

    [Fact]
    public void ErrorOfAnotherKind_Answered() =>
        Answer(Frames.Ethernet(Frames.Ipv4(132, Frames.Sctp(7, 9, 0, 0, 8, 0, 1, 0, 4))), RefusalKind.SctpAbort, out _).Should().NotBeNull();

    [Fact]
    public void ChecksumLeftToTheDevice_Answered()
    {
        var packet = Frames.Sctp(7, CookieEcho);
        packet.AsSpan(8, 4).Clear();

        Answer(Frames.Ethernet(Frames.Ipv4(132, packet)), RefusalKind.SctpAbort, out _).Should().NotBeNull();
    }

    [Theory]
    [InlineData(RefusalKind.TimeExceeded)]
    [InlineData(RefusalKind.PacketTooBig)]
    public void ErrorsAboutThePath_AreIcmpAndNeverToAnAbort(RefusalKind kind)
    {
        Answer(Frames.Ethernet(Frames.Ipv4(132, Frames.Sctp(7, CookieEcho), fragment: 0x4000)), kind, out _)!.Substring(23 * 2, 2).Should().Be("01");
        Answer(Frames.Ethernet(Frames.Ipv4(132, Frames.Sctp(7, AbortChunk), fragment: 0x4000)), kind, out var why).Should().BeNull();
        why.Should().Be(RefusalSkip.SctpUnanswered);
    }

    [Fact]
    public void AbortToAnotherProtocol_Refused()
    {
        Answer(Frames.Ethernet(Frames.Ipv4(6, Frames.Tcp(2))), RefusalKind.SctpAbort, out var why).Should().BeNull();

        why.Should().Be(RefusalSkip.NotSctp);
    }

    [Theory]
    [InlineData(Init4, 34 + 20)]
    [InlineData(Data6, 58 + 16)]
    public void EveryTruncation_AnsweredOnlyWithAllNeededHeaders(string hex, int needed)
    {
        var frame = Convert.FromHexString(hex);
        for (var length = 0; length < frame.Length; length++)
        {
            var answer = Answer(frame.AsSpan(0, length), RefusalKind.SctpAbort, out var why);

            (answer is not null).Should().Be(length >= needed, $"of length {length}");
            why.Should().Be(length >= needed ? RefusalSkip.None : RefusalSkip.Truncated, $"of length {length}");
        }
    }

    private static byte[] Flip(byte[] packet)
    {
        packet[^1] ^= 1;
        return packet;
    }

    private string? Answer(ReadOnlySpan<byte> frame, RefusalKind kind, out RefusalSkip why)
    {
        var answered = RefusalBuilder.TryBuild(frame, kind, default, 1500, _reply, out var length, out why);
        return answered ? Convert.ToHexString(_reply, 0, length) : null;
    }
}
