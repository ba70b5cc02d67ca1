using System.Net;
using CsCheck;
using FluentAssertions;
using Loxi.Nat.Fragments;
using Loxi.Nat.Selection;
using Loxi.Nat.Tests.Refusals;
using Xunit;

namespace Loxi.Nat.Tests.Fragments;

public sealed class FragmentInfoTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Ipv4LaterFragment_Read(int tags)
    {
        var frame = Frames.Ethernet(Frames.Ipv4(17, new byte[104], fragment: 0x2000 | 185, options: [1, 1, 1, 0], id: 0xabcd), tags);

        FragmentInfo.Read([.. frame, 0, 0], out var info).Should().Be(FragmentStatus.Fragment);

        info.Should().Match<FragmentInfo>(found => found.Offset == 1480 && found.PayloadLength == 104 && found.MoreFragments && !found.IsIpv6 && !found.IsFirst);
        info.Key.Should().Be(new FragmentKey(
            new MaglevMember(IPAddress.Parse(Frames.Client4), 0).Address, new MaglevMember(IPAddress.Parse(Frames.Vip4), 0).Address, 0xabcd, 17));
        info.FrameLength.Should().Be(frame.Length);
    }

    [Fact]
    public void Ipv6LaterFragmentBehindOptions_Read()
    {
        var frame = Frames.Ethernet(Frames.Ipv6(0, [44, 0, 1, 4, 0, 0, 0, 0, 17, 0, 0x05, 0xc8, 1, 2, 3, 4, .. new byte[50]]));

        FragmentInfo.Read(frame, out var info).Should().Be(FragmentStatus.Fragment);

        info.Should().Match<FragmentInfo>(found => found.Offset == 1480 && found.PayloadLength == 50 && !found.MoreFragments && found.IsIpv6);
        info.Key.Should().Be(new FragmentKey(
            new MaglevMember(IPAddress.Parse(Frames.Client6), 0).Address, new MaglevMember(IPAddress.Parse(Frames.Vip6), 0).Address, 0x01020304, 0));
    }

    public static TheoryData<string, byte[], FragmentStatus> Others => new()
    {
        { "whole", Frames.Ethernet(Frames.Ipv4(17, new byte[30])), FragmentStatus.Whole },
        { "atomic", Frames.Ethernet(Frames.Ipv6(44, [17, 0, 0, 0, 1, 2, 3, 4, .. new byte[50]])), FragmentStatus.Whole },
        { "no fragment header", Frames.Ethernet(Frames.Ipv6(17, new byte[50])), FragmentStatus.Whole },
        { "routing header", Frames.Ethernet(Frames.Ipv6(43, new byte[50])), FragmentStatus.UnsupportedHeaders },
        { "no multiple of 8", Frames.Ethernet(Frames.Ipv4(17, new byte[100], fragment: 0x2000 | 185)), FragmentStatus.Malformed },
        { "beyond 65,535", Frames.Ethernet(Frames.Ipv4(17, new byte[100], fragment: 8190)), FragmentStatus.Malformed },
        { "empty", Frames.Ethernet(Frames.Ipv4(17, [], fragment: 185)), FragmentStatus.Malformed },
        { "tiny", Frames.Ethernet(Frames.Ipv4(17, new byte[56], fragment: 0x2000 | 185)), FragmentStatus.Tiny },
        { "RFC 3128", Frames.Ethernet(Frames.Ipv4(6, new byte[100], fragment: 1)), FragmentStatus.Tiny },
        { "RFC 3128, v6", Frames.Ethernet(Frames.Ipv6(44, [6, 0, 0, 8, 1, 2, 3, 4, .. new byte[50]])), FragmentStatus.Tiny },
        { "ARP", [.. new byte[12], 8, 6, .. new byte[28]], FragmentStatus.NotIp },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void OtherFrame_SaysWhy(string name, byte[] frame, FragmentStatus expected)
    {
        FragmentInfo.Read(frame, out var info).Should().Be(expected, name);
        info.Should().Be(default(FragmentInfo));
    }

    [Fact]
    public void EveryTruncation_Truncated()
    {
        var frames = new[]
        {
            Frames.Ethernet(Frames.Ipv4(17, new byte[104], fragment: 0x2000 | 185), 2),
            Frames.Ethernet(Frames.Ipv6(44, [17, 0, 0x05, 0xc8, 1, 2, 3, 4, .. new byte[50]]), 1),
        };
        foreach (var frame in frames)
        {
            for (var length = 0; length < frame.Length; length++)
            {
                FragmentInfo.Read(frame.AsSpan(0, length), out _).Should().Be(FragmentStatus.Truncated, $"of length {length}");
            }
        }
    }

    [Fact]
    public void AnyBytes_NeverThrows() =>
        Gen.Select(Gen.Byte.Array[0, 120], Gen.Bool, Gen.Int[0, 3]).Sample(
            (bytes, v6, tags) =>
            {
                byte[] frame = tags == 3 ? bytes : Frames.Ethernet(v6 ? Frames.Ipv6(44, bytes) : Frames.Ipv4(17, bytes, fragment: 0x2010), tags);
                var output = new byte[frame.Length + 8];
                var status = FragmentInfo.Read(frame, out var info);
                var rewritten = FragmentRewriter.TryRewrite(frame, default, output, out var length);
                return (status == FragmentStatus.Fragment) == (info.PayloadLength > 0) && (rewritten ? length <= frame.Length : length == 0);
            },
            iter: 20_000);
}
