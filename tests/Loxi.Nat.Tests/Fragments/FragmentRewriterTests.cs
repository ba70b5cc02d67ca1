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
    [InlineData(0, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 2)]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public void Ipv4_SameAsSentByTheNode(int tags, int tagsAfter)
    {
        var frame = Frames.Ethernet(Frames.Ipv4(17, Payload, fragment: 0x2000 | 185, options: [1, 1, 1, 0]), tags);
        var expected = Frames.Ethernet(
            Frames.Ipv4(17, Payload, "10.0.0.1", "10.0.0.2", 0x2000 | 185, [1, 1, 1, 0], ttl: 63), tagsAfter);
        Convert.FromHexString("0A0B0C0D0E0F1A1B1C1D1E1F").CopyTo(expected, 0);

        Rewrite([.. frame, 0, 0, 0], Translation("10.0.0.1", "10.0.0.2", tagsAfter)).Should().Equal(expected);
    }

    [Fact]
    public void Ipv6_SameAsSentByTheNode()
    {
        byte[] fragment = [17, 0, 0x05, 0xc8, 1, 2, 3, 4, .. Payload];
        var frame = Frames.Ethernet(Frames.Ipv6(44, fragment));
        var expected = Frames.Ethernet(Frames.Ipv6(44, fragment, "fd00::1", "fd00::2", 63), 1);
        Convert.FromHexString("0A0B0C0D0E0F1A1B1C1D1E1F").CopyTo(expected, 0);

        Rewrite(frame, Translation("fd00::1", "fd00::2", 1)).Should().Equal(expected);
    }

    [Fact]
    public void FirstFragmentOtherFamilyOrSpentTtl_NotRewritten()
    {
        var later = Frames.Ethernet(Frames.Ipv4(17, Payload, fragment: 185));

        Rewrite(Frames.Ethernet(Frames.Ipv4(17, Payload, fragment: 0x2000)), Translation("10.0.0.1", "10.0.0.2")).Should().BeNull();
        Rewrite(Frames.Ethernet(Frames.Ipv4(17, Payload, fragment: 185, ttl: 1)), Translation("10.0.0.1", "10.0.0.2")).Should().BeNull();
        Rewrite(later, Translation("fd00::1", "10.0.0.2")).Should().BeNull();
        Rewrite(later, Translation("10.0.0.1", "fd00::2")).Should().BeNull();
    }

    [Fact]
    public void OutputTooShort_Throws()
    {
        var act = () => FragmentRewriter.TryRewrite(new byte[60], default, new byte[67], out _);

        act.Should().Throw<ArgumentException>().WithMessage("*67*60*");
    }

    private static FragmentTranslation Translation(string source, string destination, int tags = 0) => new(
        new MaglevMember(IPAddress.Parse(source), 0).Address,
        new MaglevMember(IPAddress.Parse(destination), 0).Address,
        0x1a1b1c1d1e1f,
        0x0a0b0c0d0e0f,
        tags > 0 ? (ushort)100 : (ushort)0,
        tags > 1 ? (ushort)100 : (ushort)0);

    private static byte[]? Rewrite(byte[] frame, FragmentTranslation translation)
    {
        var output = new byte[frame.Length + 8];
        return FragmentRewriter.TryRewrite(frame, translation, output, out var length) ? output[..length] : null;
    }
}
