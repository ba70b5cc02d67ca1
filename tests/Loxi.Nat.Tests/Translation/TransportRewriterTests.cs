using System.Buffers.Binary;
using FluentAssertions;
using Loxi.Nat.Tests.Refusals;
using Loxi.Nat.Translation;
using Xunit;

namespace Loxi.Nat.Tests.Translation;

public sealed class TransportRewriterTests
{
    private static readonly byte[] UdpHead = [0x9c, 0x40, 0, 80, 0, 12];

    public static TheoryData<string, byte[], byte[]> LeftToTheDevice() => new()
    {
        { "TCP", Frames.Ipv4(6, Frames.Tcp(0x18, data: [1, 2, 3], partialChecksum: true)), Frames.Tcp(0x18, data: [1, 2, 3]) },
        { "UDP", Frames.Ipv4(17, Udp(Partial())), Udp(Whole()) },
        { "UDP shorter than its packet", Frames.Ipv4(17, [.. Udp(Partial()), 9, 9]), [.. Udp(Whole()), 9, 9] },
        { "SCTP", Frames.Ipv4(132, WithoutSum(Frames.Sctp(7, 10, 0, 0, 4))), Frames.Sctp(7, 10, 0, 0, 4) },
        { "IPv6", Frames.Ipv6(6, Frames.Tcp(0x18, Frames.Client6, Frames.Vip6, [1, 2, 3], true)), Frames.Tcp(0x18, Frames.Client6, Frames.Vip6, [1, 2, 3]) },
    };

    [Theory]
    [MemberData(nameof(LeftToTheDevice))]
    public void ChecksumLeftToTheDevice_IsWritten(string name, byte[] packet, byte[] expected) => Complete(packet).Should().Equal(expected, name);

    public static TheoryData<string, byte[]> Others() => new()
    {
        { "right", Frames.Ipv4(6, Frames.Tcp(0x18)) },
        { "wrong", Frames.Ipv4(17, Udp((ushort)(Whole() + 1))) },
        { "none", Frames.Ipv4(17, Udp(0)) },
        { "first fragment", Frames.Ipv4(6, Frames.Tcp(0x18, partialChecksum: true), fragment: 0x2000) },
        { "first fragment of SCTP", Frames.Ipv4(132, WithoutSum(Frames.Sctp(7, 10, 0, 0, 4)), fragment: 0x2000) },
        { "UDP longer than its packet", Frames.Ipv4(17, Udp(Partial())[..11]) },
        { "short UDP", Frames.Ipv4(17, Udp(0)[..7]) },
        { "short TCP", Frames.Ipv4(6, new byte[19]) },
        { "short SCTP", Frames.Ipv4(132, new byte[11]) },
        { "ICMP", Frames.Ipv4(1, Frames.Icmp(8)) },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void AnyOther_StaysAsItIs(string name, byte[] packet) => Complete(packet).Should().Equal(packet[20..], name);

    private static byte[] Complete(byte[] packet)
    {
        IpHeader.Read(packet, isQuoted: false, out var header).Should().Be(TranslationStatus.Translated);
        byte[] upper = [.. packet[header.Length..header.TotalLength]];
        TransportRewriter.CompleteChecksum(upper, header);
        return upper;
    }

    private static byte[] Udp(ushort checksum) => [.. UdpHead, (byte)(checksum >> 8), (byte)checksum, 1, 2, 3, 4];

    private static ushort Partial() => (ushort)~Frames.Checksum(Frames.Pseudo(Frames.Client4, Frames.Vip4, 17, 12));

    private static ushort Whole() => Frames.Checksum([.. Frames.Pseudo(Frames.Client4, Frames.Vip4, 17, 12), .. UdpHead, 0, 0, 1, 2, 3, 4]);

    private static byte[] WithoutSum(byte[] sctp)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(sctp.AsSpan(8), 0);
        return sctp;
    }
}
