using System.Net;
using FluentAssertions;
using Loxi.Nat.Fragments;
using Loxi.Nat.Selection;
using Loxi.Nat.Tests.Refusals;
using Xunit;

namespace Loxi.Nat.Tests.Fragments;

public sealed class FragmentRewriterTests
{
    private static readonly byte[] Payload = [.. Enumerable.Range(0, 104).Select(i => (byte)i)];

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public void Ipv4_SameAsSentByTheNode(int tags, bool keep)
    {
        var frame = Frames.Ethernet(Frames.Ipv4(17, Payload, fragment: 0x2000 | 185, options: [1, 1, 1, 0]), tags);
        var expected = Frames.Ethernet(
            Frames.Ipv4(17, Payload, "10.0.0.1", "10.0.0.2", 0x2000 | 185, [1, 1, 1, 0], ttl: 63), keep ? tags : 0);
        Convert.FromHexString("0A0B0C0D0E0F1A1B1C1D1E1F").CopyTo(expected, 0);

        Rewrite([.. frame, 0, 0, 0], Translation("10.0.0.1", "10.0.0.2", keep)).Should().Equal(expected);
    }

    [Fact]
    public void Ipv6_SameAsSentByTheNode()
    {
        byte[] fragment = [17, 0, 0x05, 0xc8, 1, 2, 3, 4, .. Payload];
        var frame = Frames.Ethernet(Frames.Ipv6(44, fragment));
        var expected = Frames.Ethernet(Frames.Ipv6(44, fragment, "fd00::1", "fd00::2", 63));
        Convert.FromHexString("0A0B0C0D0E0F1A1B1C1D1E1F").CopyTo(expected, 0);

        Rewrite(frame, Translation("fd00::1", "fd00::2", true)).Should().Equal(expected);
    }

    [Fact]
    public void FirstFragmentOtherFamilyOrSpentTtl_NotRewritten()
    {
        var later = Frames.Ethernet(Frames.Ipv4(17, Payload, fragment: 185));

        Rewrite(Frames.Ethernet(Frames.Ipv4(17, Payload, fragment: 0x2000)), Translation("10.0.0.1", "10.0.0.2", true)).Should().BeNull();
        Rewrite(Frames.Ethernet(Frames.Ipv4(17, Payload, fragment: 185, ttl: 1)), Translation("10.0.0.1", "10.0.0.2", true)).Should().BeNull();
        Rewrite(later, Translation("fd00::1", "10.0.0.2", true)).Should().BeNull();
        Rewrite(later, Translation("10.0.0.1", "fd00::2", true)).Should().BeNull();
    }

    [Fact]
    public void OutputTooShort_Throws()
    {
        var act = () => FragmentRewriter.TryRewrite(new byte[60], default, new byte[59], out _);

        act.Should().Throw<ArgumentException>().WithMessage("*59*60*");
    }

    private static FragmentTranslation Translation(string source, string destination, bool keep) => new(
        new MaglevMember(IPAddress.Parse(source), 0).Address,
        new MaglevMember(IPAddress.Parse(destination), 0).Address,
        0x1a1b1c1d1e1f,
        0x0a0b0c0d0e0f,
        keep);

    private static byte[]? Rewrite(byte[] frame, FragmentTranslation translation)
    {
        var output = new byte[frame.Length];
        return FragmentRewriter.TryRewrite(frame, translation, output, out var length) ? output[..length] : null;
    }
}
