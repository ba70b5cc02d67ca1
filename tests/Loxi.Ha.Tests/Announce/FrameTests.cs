using FluentAssertions;
using Loxi.Ha.Announce.Wire;
using Xunit;

namespace Loxi.Ha.Tests.Announce;

/// <summary>Bytes on the wire, written down by hand from the RFCs.</summary>
public sealed class FrameTests
{
    private static readonly byte[] Mac = [2, 0, 0x5e, 0, 0x53, 1];
    private static readonly byte[] V4 = [192, 0, 2, 100];
    private static readonly byte[] V6 = Convert.FromHexString("20010DB8000000000000000000000100");

    [Fact]
    public void Rfc5944_Section4_6_GratuitousRequest() =>
        Written(static f => ArpFrame.WriteAnnouncement(f, Mac, V4)).Should().Be(
            "FFFFFFFFFFFF02005E0053010806" + "00010800060400" + "01" + "02005E005301C0000264" + "000000000000C0000264");

    [Fact]
    public void Rfc5944_Section4_6_GratuitousReply() =>
        Written(static f => ArpFrame.WriteReply(f, Mac, V4)).Should().Be(
            "FFFFFFFFFFFF02005E0053010806" + "00010800060400" + "02" + "02005E005301C0000264" + "02005E005301C0000264");

    [Fact]
    public void Rfc5227_Section2_1_1_Probe_HasNoSenderAddress() =>
        Written(static f => ArpFrame.WriteProbe(f, Mac, V4)).Should().Be(
            "FFFFFFFFFFFF02005E0053010806" + "00010800060400" + "01" + "02005E00530100000000" + "000000000000C0000264");

    [Fact]
    public void Rfc4861_Section7_2_6_UnsolicitedAdvertisement_ToAllNodes_Overrides()
    {
        var frame = Written(static f => NeighbourFrame.WriteAdvertisement(f, Mac, V6, isRouter: false));

        frame.Should().StartWith("33330000000102005E00530186DD" + "6000000000203AFF" + "20010DB8000000000000000000000100" + "FF020000000000000000000000000001" + "8800");
        frame.Should().EndWith("20000000" + "20010DB8000000000000000000000100" + "020102005E005301");
        SumOf(Convert.FromHexString(frame)).Should().Be(0xffff);
    }

    [Fact]
    public void Rfc4861_Section4_4_ARouterSaysSo() =>
        Convert.FromHexString(Written(static f => NeighbourFrame.WriteAdvertisement(f, Mac, V6, isRouter: true)))[58].Should().Be(0xa0);

    [Fact]
    public void Rfc4862_Section5_4_2_Probe_FromUnspecifiedToTheSolicitedNodeGroup()
    {
        var frame = Written(static f => NeighbourFrame.WriteProbe(f, Mac, V6));

        frame.Should().StartWith("3333FF00010002005E00530186DD" + "6000000000183AFF" + "00000000000000000000000000000000" + "FF0200000000000000000001FF000100" + "8700");
        frame.Should().EndWith("00000000" + "20010DB8000000000000000000000100");
        SumOf(Convert.FromHexString(frame)).Should().Be(0xffff);
    }

    [Fact]
    public void Claims_AreReadBack_AndProbesClaimNothing()
    {
        var frame = new byte[86];
        ArpFrame.TryReadClaim(frame.AsSpan(0, ArpFrame.WriteReply(frame, Mac, V4)), out var mac, out var address).Should().BeTrue();
        Convert.ToHexString(mac).Should().Be("02005E005301");
        Convert.ToHexString(address).Should().Be("C0000264");
        ArpFrame.TryReadClaim(frame.AsSpan(0, ArpFrame.WriteProbe(frame, Mac, V4)), out _, out _).Should().BeFalse();

        NeighbourFrame.TryReadClaim(frame.AsSpan(0, NeighbourFrame.WriteAdvertisement(frame, Mac, V6, false)), out mac, out address).Should().BeTrue();
        Convert.ToHexString(mac).Should().Be("02005E005301");
        Convert.ToHexString(address).Should().Be(Convert.ToHexString(V6));
        NeighbourFrame.TryReadClaim(frame.AsSpan(0, NeighbourFrame.WriteProbe(frame, Mac, V6)), out _, out _).Should().BeFalse();
    }

    [Fact]
    public void CutOff_AtEveryLength_IsNeverReadBeyondItsEnd()
    {
        var arp = new byte[42];
        ArpFrame.WriteReply(arp, Mac, V4);
        var advertisement = new byte[86];
        NeighbourFrame.WriteAdvertisement(advertisement, Mac, V6, false);
        for (var length = 0; length < 86; length++)
        {
            (length < 42 && ArpFrame.TryReadClaim(arp.AsSpan(0, length), out _, out _)).Should().BeFalse();
            var isRead = NeighbourFrame.TryReadClaim(advertisement.AsSpan(0, length), out _, out _);
            (isRead && length < 78).Should().BeFalse();
        }
    }

    private static string Written(Func<byte[], int> write)
    {
        var frame = new byte[86];
        return Convert.ToHexString(frame.AsSpan(0, write(frame)));
    }

    /// <summary>One's complement sum of pseudo header and message, checksum included: 0xffff when it is right (RFC 1071).</summary>
    private static uint SumOf(byte[] frame)
    {
        ulong sum = (ulong)(frame.Length - 54) + 58;
        for (var i = 22; i < frame.Length; i += 2)
        {
            sum += (ulong)((frame[i] << 8) | frame[i + 1]);
        }

        while (sum > 0xffff)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (uint)sum;
    }
}
