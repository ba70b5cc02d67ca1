using System.Buffers.Binary;
using System.Net;
using CsCheck;
using FluentAssertions;
using Loxi.Nat.Translation;
using Loxi.Nat.Tests.Refusals;
using Xunit;

namespace Loxi.Nat.Tests.Translation;

public sealed class HeaderTranslatorTests
{
    private const string Client6 = "2001:db8:100::10";
    private const string Vip6 = "2001:db8:113::10";
    private const string Source4 = "192.0.2.1";
    private const string Endpoint4 = "192.0.2.11";
    private static readonly TranslatedTuple ToEndpoint = new(Number(Source4), Number(Endpoint4), 50000, 8080);
    private static readonly TranslatedTuple ToClient = new(Number(Vip6), Number(Client6), 80, 40000);
    // Of an echo: the identifier is the "port" of the side that asked.
    private static readonly TranslatedTuple EchoToEndpoint = ToEndpoint with { DestinationPort = 0 };
    private static readonly TranslatedTuple EchoToClient = ToClient with { SourcePort = 0 };
    private readonly byte[] _output = new byte[70_000];

    [Theory]
    [ClassData(typeof(TranslationGolden))]
    public void Packet_GoldenBytes(string name, string packet, string expected)
    {
        var status = Translate(Convert.FromHexString(packet), TupleFor(name), out var length);

        status.Should().Be(TranslationStatus.Translated, name);
        Convert.ToHexStringLower(_output, 0, length).Should().Be(expected, name);
    }

    [Theory]
    [ClassData(typeof(TranslationGolden))]
    public void EveryTruncation_Refused(string name, string packet, string expected)
    {
        _ = expected;
        var bytes = Convert.FromHexString(packet);
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            Translate(bytes.AsSpan(0, cut), TupleFor(name), out var length).Should().Be(TranslationStatus.Truncated, "{0} is cut at {1}", name, cut);
            length.Should().Be(0);
        }
    }

    [Theory]
    [ClassData(typeof(TranslationGolden))]
    public void PaddingBehindThePacket_LeftOut(string name, string packet, string expected)
    {
        Translate([.. Convert.FromHexString(packet), .. new byte[20]], TupleFor(name), out var length).Should().Be(TranslationStatus.Translated);

        length.Should().Be(expected.Length / 2);
    }

    [Fact]
    public void EveryLength_ThereAndBack()
    {
        var back = new byte[70_000];
        for (var size = 0; size <= 1480; size++)
        {
            var data = new byte[size];
            data.AsSpan().Fill(0xa5);
            byte[] udp = [0x9c, 0x40, 0, 80, (byte)((8 + size) >> 8), (byte)(8 + size), 0, 0, .. data];
            BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(6), Frames.Checksum([.. Frames.Pseudo(Client6, Vip6, 17, udp.Length), .. udp]));
            var packet = Frames.Ipv6(17, udp, Client6, Vip6);

            Translate(packet, ToEndpoint, out var length).Should().Be(TranslationStatus.Translated);
            HeaderTranslator.Translate(_output.AsSpan(0, length), new(Number(Client6), Number(Vip6), 40000, 80), 0, back, out var again).Should().Be(TranslationStatus.Translated);

            packet[7] -= 2;
            back.AsSpan(0, again).SequenceEqual(packet).Should().BeTrue("of {0} bytes", size);
        }
    }

    [Fact]
    public void AnyFragment_ThereAndBack() =>
        Gen.Select(Gen.Int[0, 8000], Gen.Bool, Gen.UShort, Gen.Byte.Array[1, 180], Gen.Byte).Sample(
            (offset, more, id, units, tos) =>
            {
                // Not the first fragment, and whole units of eight bytes where more follow.
                var payload = more ? [.. units.SelectMany(u => Enumerable.Repeat(u, 8)).Take(1400 / 8 * 8)] : units;
                var packet = Frames.Ipv4(17, payload, Endpoint4, Source4, (ushort)((more ? 0x2000 : 0) | Math.Max(offset, 1)), id: id);
                packet[1] = tos;
                Fix(packet);
                var output = new byte[9000];
                var back = new byte[9000];
                var there = HeaderTranslator.Translate(packet, ToClient, 0, output, out var length);
                var again = HeaderTranslator.Translate(output.AsSpan(0, length), new(Number(Endpoint4), Number(Source4), 1, 2), 0, back, out var result);
                packet[8] -= 2;
                Fix(packet);
                return there == TranslationStatus.Translated && again == there && back.AsSpan(0, result).SequenceEqual(packet);
            },
            iter: 5_000);

    [Theory]
    [InlineData(0, TranslationStatus.Truncated)]
    [InlineData(19, TranslationStatus.Truncated)]
    [InlineData(27, TranslationStatus.Truncated)]
    [InlineData(28, TranslationStatus.Translated)]
    [InlineData(33, TranslationStatus.Translated)]
    [InlineData(37, TranslationStatus.Translated)]
    [InlineData(60, TranslationStatus.Translated)]
    public void QuotedPacket_OfAnyLengthFromEightBytesOfTransportOn(int quoted, TranslationStatus expected)
    {
        var cause = Frames.Ipv4(6, Frames.Tcp(0x10, Source4, Endpoint4, new byte[100]), Source4, Endpoint4);

        Translate(Frames.Ipv4(1, Error(3, 1, cause.AsSpan(0, quoted)), Endpoint4, Source4), ToClient, out var length).Should().Be(expected);
        (length > 0).Should().Be(expected == TranslationStatus.Translated);
    }

    [Fact]
    public void LongQuote_CutToWhatIpv6ErrorsMayHave()
    {
        var cause = Frames.Ipv4(6, Frames.Tcp(0x10, Source4, Endpoint4, new byte[1400]), Source4, Endpoint4);

        Translate(Frames.Ipv4(1, Error(3, 1, cause), Endpoint4, Source4), ToClient, out var length).Should().Be(TranslationStatus.Translated);

        length.Should().Be(1280, "RFC 4443 2.4 (c)");
        BinaryPrimitives.ReadUInt16BigEndian(_output.AsSpan(4)).Should().Be(1240);
    }

    public static TheoryData<string, byte[], bool, TranslationStatus> Refused => new()
    {
        { "TTL 1", Frames.Ipv4(17, Udp(1), ttl: 1), false, TranslationStatus.HopLimitExceeded },
        { "hop limit 0", Frames.Ipv6(17, Udp(1), hopLimit: 0), true, TranslationStatus.HopLimitExceeded },
        { "header checksum", Broken(Frames.Ipv4(17, Udp(1)), 12), false, TranslationStatus.BadChecksum },
        { "ICMP checksum", Frames.Ipv4(1, Broken(Frames.Icmp(8), 4)), false, TranslationStatus.BadChecksum },
        { "ICMPv6 checksum", Frames.Ipv6(58, Broken(Frames.Icmpv6(128), 4)), true, TranslationStatus.BadChecksum },
        { "version", [0x50, .. new byte[39]], false, TranslationStatus.Malformed },
        { "header length", Broken(Frames.Ipv4(17, Udp(1)), 0, 0x44), false, TranslationStatus.Malformed },
        { "loose source route", Frames.Ipv4(17, Udp(1), options: [131, 7, 4, 1, 2, 3, 4, 0]), false, TranslationStatus.UnsupportedHeaders },
        { "routing header", Frames.Ipv6(43, [17, 0, 4, 1, 0, 0, 0, 0, .. Udp(1)]), true, TranslationStatus.UnsupportedHeaders },
        { "options behind the fragment header", Frames.Ipv6(44, [60, 0, 0, 1, 0, 0, 0, 1, 17, 0, 1, 4, 0, 0, 0, 0]), true, TranslationStatus.UnsupportedHeaders },
        { "nine extension headers", Frames.Ipv6(60, [.. Enumerable.Repeat(new byte[] { 60, 0, 1, 4, 0, 0, 0, 0 }, 9).SelectMany(b => b), .. Udp(1)]), true, TranslationStatus.UnsupportedHeaders },
        { "extension header beyond the packet", Frames.Ipv6(60, [17, 9, 1, 4, 0, 0, 0, 0]), true, TranslationStatus.Malformed },
        { "extension header cut by the packet", Frames.Ipv6(60, [17, 0, 1, 4]), true, TranslationStatus.Malformed },
        { "GRE", Frames.Ipv4(47, new byte[20]), false, TranslationStatus.UnsupportedProtocol },
        { "SCTP checksum", Frames.Ipv4(132, Broken(Frames.Sctp(7, 10, 0, 0, 4), 12)), false, TranslationStatus.BadChecksum },
        { "short SCTP", Frames.Ipv4(132, new byte[11]), false, TranslationStatus.Malformed },
        { "first fragment of SCTP", Frames.Ipv6(44, [132, 0, 0, 1, 0, 0, 0, 1, .. Frames.Sctp(7, 10, 0, 0, 4)]), true, TranslationStatus.FragmentedSctp },
        { "ICMPv6 in IPv4", Frames.Ipv4(58, Frames.Icmpv6(128)), false, TranslationStatus.UnsupportedProtocol },
        { "first fragment of an echo", Frames.Ipv4(1, [.. Frames.Icmp(8)], fragment: 0x2000), false, TranslationStatus.FragmentedIcmp },
        { "later fragment of an echo", Frames.Ipv6(44, [58, 0, 0, 8, 0, 0, 0, 1, .. new byte[8]]), true, TranslationStatus.FragmentedIcmp },
        { "fragment of UDP without checksum", Frames.Ipv4(17, Udp(0), fragment: 0x2000), false, TranslationStatus.UdpWithoutChecksum },
        { "IPv6 UDP without checksum", Frames.Ipv6(17, Udp(0)), true, TranslationStatus.UdpWithoutChecksum },
        { "UDP longer than its packet", Frames.Ipv4(17, [0, 1, 0, 2, 0, 99, 0, 0]), false, TranslationStatus.Malformed },
        { "short UDP", Frames.Ipv4(17, new byte[7]), false, TranslationStatus.Malformed },
        { "short TCP", Frames.Ipv4(6, new byte[19]), false, TranslationStatus.Malformed },
        { "short ICMP", Frames.Ipv4(1, new byte[7]), false, TranslationStatus.Malformed },
        { "odd fragment with more to come", Frames.Ipv4(17, new byte[30], fragment: 0x2001), false, TranslationStatus.Malformed },
        { "timestamp", Frames.Ipv4(1, Frames.Icmp(13)), false, TranslationStatus.NoCounterpart },
        { "source quench", Frames.Ipv4(1, Error(4, 0, Frames.Ipv4(17, Udp(1)))), false, TranslationStatus.NoCounterpart },
        { "redirect", Frames.Ipv4(1, Error(5, 1, Frames.Ipv4(17, Udp(1)))), false, TranslationStatus.NoCounterpart },
        { "neighbour solicitation", Frames.Ipv6(58, Frames.Icmpv6(135)), true, TranslationStatus.NoCounterpart },
        { "error about an error", Frames.Ipv4(1, Error(3, 1, Frames.Ipv4(1, Frames.Icmp(3)))), false, TranslationStatus.NoCounterpart },
        { "error about GRE", Frames.Ipv4(1, Error(3, 1, Frames.Ipv4(47, new byte[20]))), false, TranslationStatus.UnsupportedProtocol },
        { "error about a fragment of an echo", Frames.Ipv4(1, Error(3, 1, Frames.Ipv4(1, Frames.Icmp(8), fragment: 0x2000))), false, TranslationStatus.FragmentedIcmp },
        { "error that quotes the other family", Frames.Ipv4(1, Error(3, 1, Frames.Ipv6(17, Udp(1)))), false, TranslationStatus.NoCounterpart },
        { "own family", Frames.Ipv4(17, Udp(1)), true, TranslationStatus.NoCounterpart },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Packet_NotTranslated(string name, byte[] packet, bool toIpv4, TranslationStatus expected)
    {
        Translate(packet, toIpv4 ? ToEndpoint : ToClient, out var length).Should().Be(expected, name);

        length.Should().Be(0, name);
    }

    [Fact]
    public void FirstFragmentOfSctpWhosePortsStay_Translated() =>
        Translate(Frames.Ipv6(44, [132, 0, 0, 1, 0, 0, 0, 1, .. Frames.Sctp(7, 10, 0, 0, 4)]), ToEndpoint with { SourcePort = 40000, DestinationPort = 5000 }, out _)
            .Should().Be(TranslationStatus.Translated);

    [Fact]
    public void SctpChecksumLeftToTheDevice_Computed()
    {
        var packet = Frames.Sctp(7, 10, 0, 0, 4);
        packet.AsSpan(8, 4).Clear();

        Translate(Frames.Ipv4(132, packet), ToClient with { SourcePort = 40000, DestinationPort = 5000 }, out var length).Should().Be(TranslationStatus.Translated);
        _output[40..length].Should().Equal(Frames.Sctp(7, 10, 0, 0, 4));
    }

    public static TheoryData<string, byte[], byte[], bool> LeftToTheDevice()
    {
        var data = Enumerable.Range(1, 99).Select(i => (byte)i).ToArray();
        byte[] tcp = [0x1f, 0x90, 0xc3, 0x50, 1, 2, 3, 4, 0xde, 0xad, 0xbe, 0xef, 0x50, 0x10, 1, 0, 0, 0, 0, 0, .. data];
        byte[] udp = [0x1f, 0x90, 0xc3, 0x50, 0, 107, 0, 0, .. data];
        byte[] options = [1, 1, 1, 0];
        var (tcp4, udp4) = (Sums(tcp, 6, Endpoint4, Source4), Sums(udp, 17, Endpoint4, Source4));
        var (tcp6, udp6) = (Sums(tcp, 6, Client6, Vip6), Sums(udp, 17, Client6, Vip6));
        return new()
        {
            { "IPv4 TCP", Frames.Ipv4(6, tcp4.Partial, Endpoint4, Source4), Frames.Ipv4(6, tcp4.Whole, Endpoint4, Source4), false },
            { "IPv4 TCP behind options", Frames.Ipv4(6, tcp4.Partial, Endpoint4, Source4, options: options), Frames.Ipv4(6, tcp4.Whole, Endpoint4, Source4, options: options), false },
            { "IPv4 UDP behind options", Frames.Ipv4(17, udp4.Partial, Endpoint4, Source4, options: options), Frames.Ipv4(17, udp4.Whole, Endpoint4, Source4, options: options), false },
            { "IPv6 TCP behind options", Frames.Ipv6(60, [6, 0, 1, 4, 0, 0, 0, 0, .. tcp6.Partial], Client6, Vip6), Frames.Ipv6(60, [6, 0, 1, 4, 0, 0, 0, 0, .. tcp6.Whole], Client6, Vip6), true },
            { "IPv6 UDP behind options", Frames.Ipv6(0, [17, 0, 1, 4, 0, 0, 0, 0, .. udp6.Partial], Client6, Vip6), Frames.Ipv6(0, [17, 0, 1, 4, 0, 0, 0, 0, .. udp6.Whole], Client6, Vip6), true },
            { "IPv6 TCP behind a fragment header", Frames.Ipv6(44, [6, 0, 0, 0, 0, 0, 0, 1, .. tcp6.Partial], Client6, Vip6), Frames.Ipv6(44, [6, 0, 0, 0, 0, 0, 0, 1, .. tcp6.Whole], Client6, Vip6), true },
        };
    }

    /// <summary>A sender whose device computes the sum (veth) leaves that of the pseudo header in the field.</summary>
    [Theory]
    [MemberData(nameof(LeftToTheDevice))]
    public void ChecksumLeftToTheDevice_ComputedAnew(string name, byte[] partial, byte[] whole, bool toIpv4)
    {
        var to = toIpv4 ? ToEndpoint : ToClient;
        Translate(whole, to, out var length).Should().Be(TranslationStatus.Translated, name);
        var expected = _output[..length];

        Translate(partial, to, out length).Should().Be(TranslationStatus.Translated, name);

        _output[..length].Should().Equal(expected, name);
    }

    /// <summary>The first fragment has a sum over bytes that are elsewhere: there is no telling it from one that is not there.</summary>
    [Fact]
    public void FirstFragmentWithTheSumOfAPseudoHeader_IsAdjusted()
    {
        var segment = Sums([0x1f, 0x90, 0xc3, 0x50, 1, 2, 3, 4, 5, 6, 7, 8, 0x50, 0x10, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], 6, Endpoint4, Source4).Partial;

        Translate(Frames.Ipv4(6, segment, Endpoint4, Source4, fragment: 0x2000), ToClient, out var length).Should().Be(TranslationStatus.Translated);

        byte[] before = [.. Frames.Pseudo(Endpoint4, Source4, 6, 0), .. segment];
        byte[] after = [.. Frames.Pseudo(Vip6, Client6, 6, 0), .. _output[48..length]];
        Frames.Checksum(after).Should().Be(Frames.Checksum(before), "what the rest of it adds up to is not known");
    }

    [Theory]
    [InlineData(1260, 0x0000, 6, 1280)]
    [InlineData(1261, 0x0000, 44, 1289)]
    [InlineData(1500, 0x4000, 6, 1520)]
    public void Rfc7915_4_Ipv4PacketThatMayBeFragmented_GetsAFragmentHeaderWhenItIsLong(int size, ushort fragment, byte next, int expected)
    {
        var packet = Frames.Ipv4(6, [.. Frames.Tcp(0x10, Endpoint4, Source4, new byte[size - 40])], Endpoint4, Source4, fragment);

        Translate(packet, ToClient, out var length).Should().Be(TranslationStatus.Translated);

        length.Should().Be(expected);
        _output[6].Should().Be(next);
    }

    [Fact]
    public void UsedUpSourceRoute_LeftOut() =>
        Translate(Frames.Ipv4(17, Udp(1), options: [131, 7, 8, 1, 2, 3, 4, 0]), ToClient, out _).Should().Be(TranslationStatus.Translated);

    [Fact]
    public void AtomicFragment_KeepsItsIdentification()
    {
        Translate(Frames.Ipv6(44, [17, 0, 0, 0, 0, 1, 0xab, 0xcd, .. Udp(1)]), ToEndpoint, out _).Should().Be(TranslationStatus.Translated);

        Convert.ToHexStringLower(_output, 4, 4).Should().Be("abcd0000");
    }

    [Fact]
    public void LongIpv6Packet_MayNotBeFragmentedAndShortOneMay()
    {
        Translate(Frames.Ipv6(17, [.. Udp(1), .. new byte[1232]]), ToEndpoint, out _);
        _output[6].Should().Be(0);
        Translate(Frames.Ipv6(17, [.. Udp(1), .. new byte[1233]]), ToEndpoint, out _);
        _output[6].Should().Be(0x40, "RFC 7915 5.1: 1,261 bytes");
    }

    [Fact]
    public void AnyBytes_NeverThrow() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Bool, Gen.Int[0, 4]).Sample(
            (bytes, v6, protocol) =>
            {
                // Most random bytes are no IP: steer them past the first checks.
                var next = (byte)(protocol switch { 0 => 6, 1 => 17, 2 => v6 ? 58 : 1, 3 => 44, _ => 60 });
                var packet = v6 ? Frames.Ipv6(next, bytes) : Frames.Ipv4(next, bytes);
                var output = new byte[packet.Length + HeaderTranslator.MaxGrowth];
                var status = HeaderTranslator.Translate(packet, v6 ? ToEndpoint : ToClient, 0, output, out var length);
                return (status == TranslationStatus.Translated) == (length > 0);
            },
            iter: 20_000);

    [Fact]
    public void AnyQuote_NeverThrows() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Byte, Gen.Byte, Gen.Byte).Sample(
            (bytes, type, code, words) =>
            {
                byte[] quoted = [0x45, .. bytes];
                var message = Error((byte)(type % 13), (byte)(code % 17), quoted, (uint)words << 16);
                var output = new byte[20 + message.Length + HeaderTranslator.MaxGrowth];
                var status = HeaderTranslator.Translate(Frames.Ipv4(1, message), ToClient, 0, output, out var length);
                return (status == TranslationStatus.Translated) == (length > 0);
            },
            iter: 20_000);

    [Fact]
    public void OutputTooShort_CallersFault()
    {
        var translate = () => HeaderTranslator.Translate(new byte[40], ToClient, 0, new byte[40 + HeaderTranslator.MaxGrowth - 1], out _);

        translate.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Translating_AllocatesNothing()
    {
        var packet = Frames.Ipv6(17, Udp(1));
        var error = Frames.Ipv4(1, Error(3, 1, Frames.Ipv4(17, Udp(1))));

        Allocations.Of(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                Translate(packet, ToEndpoint, out _);
                Translate(error, ToClient, out _);
            }
        }).Should().Be(0);
    }

    private TranslationStatus Translate(ReadOnlySpan<byte> packet, in TranslatedTuple to, out int length) =>
        HeaderTranslator.Translate(packet, to, 0x4321, _output, out length);

    private static TranslatedTuple TupleFor(string name) => name switch
    {
        "Echo6" => EchoToEndpoint,
        "EchoReply4" or "Unreachable4Echo" => EchoToClient,
        _ => name.Contains('6') ? ToEndpoint : ToClient,
    };

    /// <summary>An upper layer with the sum of its pseudo header in the field, and with its own.</summary>
    private static (byte[] Partial, byte[] Whole) Sums(byte[] upper, byte protocol, string source, string destination)
    {
        var pseudo = Frames.Pseudo(source, destination, protocol, upper.Length);
        return (With((ushort)~Frames.Checksum(pseudo)), With(Frames.Checksum([.. pseudo, .. upper])));

        byte[] With(ushort checksum)
        {
            byte[] copy = [.. upper];
            BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(protocol == 6 ? 16 : 6), checksum);
            return copy;
        }
    }

    private static byte[] Udp(ushort checksum) => [0x1f, 0x90, 0xc3, 0x50, 0, 8, (byte)(checksum >> 8), (byte)checksum];

    private static byte[] Error(byte type, byte code, ReadOnlySpan<byte> quoted, uint rest = 0)
    {
        byte[] message = [type, code, 0, 0, (byte)(rest >> 24), (byte)(rest >> 16), (byte)(rest >> 8), (byte)rest, .. quoted];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Frames.Checksum(message));
        return message;
    }

    private static byte[] Broken(byte[] bytes, int at, byte? value = null)
    {
        bytes[at] = value ?? (byte)(bytes[at] ^ 1);
        return bytes;
    }

    private static void Fix(byte[] packet)
    {
        packet.AsSpan(10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Frames.Checksum(packet[..20]));
    }

    private static UInt128 Number(string address) => BinaryPrimitives.ReadUInt128BigEndian(IPAddress.Parse(address).MapToIPv6().GetAddressBytes());
}
