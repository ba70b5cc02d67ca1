using CsCheck;
using FluentAssertions;
using Loxi.Nat.Refusals;
using Xunit;

namespace Loxi.Nat.Tests.Refusals;

public sealed class RefusalBuilderTests
{
    private const string Syn4 = "020000000001020000000002080045000028123440003906c956c6336407cb00710a9c40005001020304000000005002721036f60000";
    private const string Rst4 = "020000000002020000000001080045000028000040004006d48acb00710ac633640700509c40000000000102030550140000a8f30000";
    private const string Ack6 = "0200000000010200000000028100006486dd600000000019064020010db800000000000000000000000720010db80001000000000000000000109c4001bb00000064deadbeef50187210625e000068656c6c6f";
    private const string Rst6 = "0200000000020200000000018100006486dd600000000014064020010db800010000000000000000001020010db800000000000000000000000701bb9c40deadbeef000000005004000018be0000";
    private const string Udp4 = "0200000000010200000000020800450000200007000003115181c6336407cb00710a14e90035000cbfab61626364";
    private const string Port4 = "020000000002020000000001080045c0003c0000400040014dc5c0000201c63364070303636000000000450000200007000003115181c6336407cb00710a14e90035000cbfab61626364";
    private const string TooBig6 = "0200000000020200000000018100006486dd6000000000493a4020010db800020000000000000000000120010db80000000000000000000000070200364e00000578600000000019064020010db800000000000000000000000720010db80001000000000000000000109c4001bb00000064deadbeef50187210625e000068656c6c6f";
    private static readonly byte[] Node4 = [192, 0, 2, 1];
    private static readonly byte[] Node6 = [0x20, 1, 0xd, 0xb8, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    private readonly byte[] _reply = new byte[RefusalBuilder.MaxReplyLength];

    // Expected bytes computed by a second implementation, in another language, from the RFCs.
    [Theory]
    [InlineData(Syn4, RefusalKind.TcpReset, Rst4)]
    [InlineData(Ack6, RefusalKind.TcpReset, Rst6)]
    [InlineData(Udp4, RefusalKind.PortUnreachable, Port4)]
    [InlineData(Ack6, RefusalKind.PacketTooBig, TooBig6)]
    public void RefusedFrame_GoldenAnswer(string refused, RefusalKind kind, string expected)
    {
        var frame = Convert.FromHexString(refused);
        var source = expected == TooBig6 ? Node6 : Node4;

        Answer(frame, kind, out var why, source, 1400).Should().Be(expected.ToUpperInvariant());
        why.Should().Be(RefusalSkip.None);
    }

    [Fact]
    public void EthernetPadding_NotQuoted()
    {
        byte[] frame = [.. Convert.FromHexString(Udp4), .. new byte[14]];

        Answer(frame, RefusalKind.PortUnreachable, out _, Node4).Should().Be(Port4.ToUpperInvariant());
    }

    [Theory]
    [InlineData(RefusalKind.NetUnreachable, 3, 0, 1, 0)]
    [InlineData(RefusalKind.HostUnreachable, 3, 1, 1, 3)]
    [InlineData(RefusalKind.PortUnreachable, 3, 3, 1, 4)]
    [InlineData(RefusalKind.AdminProhibited, 3, 13, 1, 1)]
    [InlineData(RefusalKind.TimeExceeded, 11, 0, 3, 0)]
    [InlineData(RefusalKind.PacketTooBig, 3, 4, 2, 0)]
    public void Kind_TypeAndCodeOfBothFamilies(RefusalKind kind, byte type4, byte code4, byte type6, byte code6)
    {
        var frame4 = Frames.Ethernet(Frames.Ipv4(6, Frames.Tcp(2), fragment: 0x4000));
        var frame6 = Frames.Ethernet(Frames.Ipv6(6, Frames.Tcp(2, Frames.Client6, Frames.Vip6)));

        Answer(frame4, kind, out _, Node4)!.Substring(34 * 2, 4).Should().Be($"{type4:X2}{code4:X2}");
        Answer(frame6, kind, out _, Node6)!.Substring(54 * 2, 4).Should().Be($"{type6:X2}{code6:X2}");
    }

    [Theory]
    [InlineData(0x02, 0, 0x01020305u)]
    [InlineData(0x01, 5, 0x0102030Au)]
    [InlineData(0x00, 5, 0x01020309u)]
    public void Rfc9293_3_10_7_1_NoAck_AcknowledgesSegmentLength(byte flags, int data, uint acknowledged)
    {
        var frame = Frames.Ethernet(Frames.Ipv4(6, Frames.Tcp(flags, data: new byte[data]), options: [1, 1, 1, 0]), tags: 2);

        var answer = Answer(frame, RefusalKind.TcpReset, out _)!;

        answer.Substring((22 + 20 + 4) * 2, 16).Should().Be($"00000000{acknowledged:X8}");
        answer.Substring((22 + 20 + 13) * 2, 2).Should().Be("14");
        answer[24..44].Should().Be("88A8006481000064" + "0800");
    }

    [Fact]
    public void LongPacketCutTo160Bytes_QuotesWhatThereIs()
    {
        var frame = Frames.Ethernet(Frames.Ipv4(6, Frames.Tcp(0x10, data: new byte[1400]))).AsSpan(0, 160);

        Answer(frame, RefusalKind.HostUnreachable, out _, Node4)!.Length.Should().Be((14 + 20 + 8 + 146) * 2);
    }

    [Fact]
    public void LongPacketWhole_QuotesUpToTheLimitOfItsFamily()
    {
        var frame4 = Frames.Ethernet(Frames.Ipv4(6, Frames.Tcp(0x10, data: new byte[1300])));
        var frame6 = Frames.Ethernet(Frames.Ipv6(6, Frames.Tcp(0x10, Frames.Client6, Frames.Vip6, new byte[1400])), tags: 2);

        Answer(frame4, RefusalKind.TimeExceeded, out _)!.Length.Should().Be((14 + 576) * 2);
        Answer(frame6, RefusalKind.TimeExceeded, out _)!.Length.Should().Be(RefusalBuilder.MaxReplyLength * 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void ExtensionHeaders_Skipped(int tags)
    {
        byte[] chain = [60, 0, 1, 4, 0, 0, 0, 0, 44, 0, 1, 4, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 9];
        var frame = Frames.Ethernet(Frames.Ipv6(0, [.. chain, .. Frames.Tcp(2, Frames.Client6, Frames.Vip6)]), tags);

        Answer(frame, RefusalKind.TcpReset, out _)!.Length.Should().Be((14 + (4 * tags) + 60) * 2);
    }

    [Fact]
    public void ChecksumLeftToTheDevice_Answered()
    {
        Answer(Frames.Ethernet(Frames.Ipv4(6, Frames.Tcp(2, partialChecksum: true))), RefusalKind.TcpReset, out var why);

        why.Should().Be(RefusalSkip.None);
    }

    [Fact]
    public void ExplicitMtu_RaisedAndLoweredToWhatTheFamilyAllows()
    {
        var frame4 = Frames.Ethernet(Frames.Ipv4(17, [0, 1, 0, 1, 0, 8, 0, 0], fragment: 0x4000));
        var frame6 = Frames.Ethernet(Frames.Ipv6(59, new byte[8]));

        Answer(frame4, RefusalKind.PacketTooBig, out _, Node4, 70000)!.Substring(38 * 2, 8).Should().Be("0000FFFF");
        Answer(frame4, RefusalKind.PacketTooBig, out _, Node4, -1)!.Substring(38 * 2, 8).Should().Be("00000044");
        Answer(frame6, RefusalKind.PacketTooBig, out _, Node6, 576)!.Substring(58 * 2, 8).Should().Be("00000500");
    }

    [Theory]
    [InlineData(Syn4)]
    [InlineData(Ack6)]
    [InlineData(Udp4)]
    public void EveryTruncation_AnsweredOnlyWithAllNeededHeaders(string hex)
    {
        var frame = Convert.FromHexString(hex);
        var needed = hex == Syn4 ? 34 + 14 : hex == Ack6 ? 58 + 14 : 34;
        for (var length = 0; length < frame.Length; length++)
        {
            var answer = Answer(frame.AsSpan(0, length), RefusalKind.HostUnreachable, out var why, hex == Ack6 ? Node6 : Node4);

            (answer is not null).Should().Be(length >= needed, $"of length {length}");
            why.Should().Be(length >= needed ? RefusalSkip.None : RefusalSkip.Truncated, $"of length {length}");
        }
    }

    [Fact]
    public void AnyBytes_NeverThrowsAndAnswersStayInBounds() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 7], Gen.Bool, Gen.Int[0, 3]).Sample(
            (bytes, kind, v6, tags) =>
            {
                // Most random bytes are no IP: steer them past the first checks.
                byte[] frame = tags == 3 ? bytes : Frames.Ethernet([(byte)(v6 ? 0x60 : 0x45), .. bytes], tags);
                var reply = new byte[RefusalBuilder.MaxReplyLength];
                var answered = RefusalBuilder.TryBuild(frame, (RefusalKind)kind, default, 1500, reply, out var length, out var why);
                return answered == (why == RefusalSkip.None) && answered == (length > 0) && length <= reply.Length;
            },
            iter: 20_000);

    [Fact]
    public void GoodFrameWithChangedBytes_NeverThrows() =>
        Gen.Select(Gen.Int[0, 3].Select(i => i switch { 0 => Syn4, 1 => Ack6, 2 => SctpAbortTests.Init4, _ => Udp4 }), Gen.Select(Gen.Int[0, 100], Gen.Byte).Array[0, 4], Gen.Int[0, 7]).Sample(
            (hex, changes, kind) =>
            {
                var frame = Convert.FromHexString(hex);
                foreach (var (at, value) in changes)
                {
                    frame[at % frame.Length] = value;
                }

                var reply = new byte[RefusalBuilder.MaxReplyLength];
                var answered = RefusalBuilder.TryBuild(frame, (RefusalKind)kind, default, 1500, reply, out var length, out var why);
                return answered == (why == RefusalSkip.None) && (!answered || length >= 50);
            },
            iter: 20_000);

    [Fact]
    public void Answer_AllocatesNothing()
    {
        var frame = Convert.FromHexString(Syn4);

        var allocated = Allocations.Of(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                RefusalBuilder.TryBuild(frame, RefusalKind.TcpReset, default, 0, _reply, out _, out _);
                RefusalBuilder.TryBuild(frame, RefusalKind.HostUnreachable, Node4, 0, _reply, out _, out _);
            }
        });

        allocated.Should().Be(0);
    }

    private string? Answer(ReadOnlySpan<byte> frame, RefusalKind kind, out RefusalSkip why, byte[]? source = null, int mtu = 1500)
    {
        var answered = RefusalBuilder.TryBuild(frame, kind, source, mtu, _reply, out var length, out why);
        return answered ? Convert.ToHexString(_reply, 0, length) : null;
    }
}
