using CsCheck;
using FluentAssertions;
using Loxi.Bfd.Transport;
using Loxi.Linux;
using Xunit;

namespace Loxi.Bfd.Tests.Transport;

public sealed class EchoFrameTests
{
    private static readonly EchoPath V4 = new(3, LinkLayerAddress.Parse("02:00:5e:00:53:01"), LinkLayerAddress.Parse("02:00:5e:00:53:02"), InternetAddress.Parse("192.0.2.1"));
    private static readonly EchoPath V6 = V4 with { Own = InternetAddress.Parse("2001:db8::1") };

    /// <summary>Calculated apart from this code, by RFC 791, 768 and 1071.</summary>
    [Fact]
    public void Write_IPv4_IsTheFrameOnTheWire()
    {
        var frame = new byte[64];

        var length = EchoFrame.Write(frame, V4, 49152, [1, 2, 3]);

        Convert.ToHexString(frame.AsSpan(0, length)).Should().Be(
            "02005E00530202005E0053010800"
            + "45C0001F00004000FF11F70AC0000201C0000201"
            + "C0000EC9000BA909010203");
    }

    [Fact]
    public void Write_IPv6_IsTheFrameOnTheWire()
    {
        var frame = new byte[80];

        var length = EchoFrame.Write(frame, V6, 49152, [1, 2, 3, 4]);

        Convert.ToHexString(frame.AsSpan(0, length)).Should().Be(
            "02005E00530202005E00530186DD"
            + "6C000000000C11FF20010DB800000000000000000000000120010DB8000000000000000000000001"
            + "C0000EC9000CD19201020304");
    }

    [Fact]
    public void WriteThenRead_AnyPayload_GivesTheSameAndPassesTheFilter() => Gen.Select(Gen.Byte.Array[0, 255], Gen.Int[49_152, 65_535], Gen.Bool).Sample(static (payload, port, isV6) =>
    {
        var path = isV6 ? V6 : V4;
        var frame = new byte[EchoFrame.LongestHeader + 255];
        var length = EchoFrame.Write(frame, path, port, payload);

        EchoFrame.TryRead(frame.AsSpan(0, length), out var read, out var source, out var destination, out var ttl).Should().BeTrue();

        read.ToArray().Should().Equal(payload);
        (source, destination, ttl).Should().Be((path.Own, path.Own, 255));
        ClassicBpf.Run(EchoFrame.Filter(), frame.AsSpan(0, length)).Should().Be(uint.MaxValue);
    });

    /// <summary>Forwarding takes one from the TTL, which the UDP checksum does not cover; any other bit that turns over is found.</summary>
    [Fact]
    public void Read_AnyBitTurnedOverBehindTheIpHeader_IsRefused()
    {
        foreach (var path in new[] { V4, V6 })
        {
            var frame = new byte[128];
            var length = EchoFrame.Write(frame, path, 50_000, [1, 2, 3, 4, 5, 6, 7, 8]);
            var addresses = length - 16 - (2 * path.Own.Length);
            for (var bit = addresses * 8; bit < length * 8; bit++)
            {
                frame[bit / 8] ^= (byte)(1 << (bit % 8));
                EchoFrame.TryRead(frame.AsSpan(0, length), out _, out _, out _, out _).Should().BeFalse($"bit {bit}");
                frame[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void Read_AnyBytes_NeverFails() => Gen.Byte.Array[0, 120].Sample(
        static frame =>
        {
            EchoFrame.TryRead(frame, out _, out _, out _, out _);
        },
        iter: 20_000);

    [Fact]
    public void Read_AnyTruncation_IsRefused()
    {
        foreach (var path in new[] { V4, V6 })
        {
            var frame = new byte[128];
            var length = EchoFrame.Write(frame, path, 50_000, [1, 2, 3, 4]);
            for (var i = 0; i < length; i++)
            {
                EchoFrame.TryRead(frame.AsSpan(0, i), out _, out _, out _, out _).Should().BeFalse($"{i} of {length} bytes");
            }
        }
    }

    [Theory]
    [InlineData(12, 0x86)] // another protocol
    [InlineData(14, 0x46)] // IPv4 options
    [InlineData(20, 0x20)] // a fragment
    [InlineData(21, 0x01)] // another fragment
    [InlineData(23, 0x06)] // TCP
    [InlineData(37, 0xc8)] // port 3784
    public void Filter_AnythingElse_IsRefused(int offset, byte value)
    {
        var frame = new byte[64];
        var length = EchoFrame.Write(frame, V4, 50_000, [1, 2, 3, 4]);
        frame[offset] = value;

        ClassicBpf.Run(EchoFrame.Filter(), frame.AsSpan(0, length)).Should().Be(0);
    }
}
