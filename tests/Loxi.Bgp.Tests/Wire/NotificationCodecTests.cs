using CsCheck;
using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Wire;

public sealed class NotificationCodecTests
{
    private static byte[] Cease(byte subcode, string? text, bool hardReset)
    {
        var bytes = new byte[300];
        return bytes[..NotificationCodec.WriteCease(subcode, text, hardReset, bytes)];
    }

    [Fact]
    public void WriteCease_GivesGoldenBytes()
    {
        // RFC 9003 2, RFC 8538 3.1, RFC 4486.
        Cease(2, "bye", hardReset: false).Should().Equal(WireBytes.Hex("ffffffffffffffffffffffffffffffff 0019 03 06 02 03 627965"));
        Cease(4, "bye", hardReset: true).Should().Equal(WireBytes.Hex("ffffffffffffffffffffffffffffffff 001b 03 06 09 06 04 03 627965"));
        Cease(7, "no text goes with it", hardReset: false).Should().Equal(WireBytes.Hex("ffffffffffffffffffffffffffffffff 0015 03 06 07"));
        Cease(10, null, hardReset: false).Should().Equal(WireBytes.Hex("ffffffffffffffffffffffffffffffff 0015 03 06 0a"));
        Cease(2, "", hardReset: false).Should().Equal(WireBytes.Hex("ffffffffffffffffffffffffffffffff 0015 03 06 02"));
    }

    [Fact]
    public void WriteCease_LongText_IsCutBetweenTwoCharacters()
    {
        var message = Cease(2, string.Concat(Enumerable.Repeat("é", 200)), hardReset: false);
        message[21].Should().Be(254, "127 characters of two octets");
        var read = NotificationCodec.Read(message);
        read.IsMalformed.Should().BeFalse();
        read.Text.Should().Be(string.Concat(Enumerable.Repeat("é", 127)));
    }

    private static Gen<(byte Subcode, bool Hard, string Text)> Ceases { get; } =
        from subcode in Gen.Byte[1, 10]
        from hard in Gen.Bool
        from text in Gen.String[Gen.Char['a', 'z'], 0, 60]
        where subcode != CeaseSubcode.HardReset
        select (subcode, hard, text);

    [Fact]
    public void WriteCeaseThenRead_GivesTheSame() => Ceases.Sample((subcode, hard, text) =>
    {
        var read = NotificationCodec.Read(Cease(subcode, text, hard));
        return read.Code == BgpErrorCode.Cease && read.Subcode == subcode && read.HardReset == hard && !read.IsMalformed
            && read.Text == (subcode is 2 or 4 && text.Length > 0 ? text : null);
    });

    [Fact]
    public void WriteError_LongAttribute_IsCutToTheLongestMessage()
    {
        var update = WireBytes.Announce(WireBytes.Mandatory, WireBytes.Attribute(WireBytes.Transitive | WireBytes.Extended, 200, new byte[9000]));
        var error = WireCase.Reset(UpdateSubcode.UnrecognizedWellKnown, update).Error;
        var answer = new byte[8192];
        var length = NotificationCodec.WriteError(error, update, answer);
        length.Should().Be(4096, "RFC 4271 4.1, whatever else was negotiated");
        answer[21..25].Should().Equal(WireBytes.Transitive | WireBytes.Extended, 200, 9000 >> 8, 9000 & 255);
    }

    [Fact]
    public void WriteError_MissingAttribute_NamesItsType()
    {
        var update = WireBytes.Announce(WireBytes.OriginIgp, WireBytes.NextHopOfPeer);
        var error = WireCase.Withdrawn(UpdateSubcode.MissingWellKnown, update).Error;
        var answer = new byte[64];
        answer[..NotificationCodec.WriteError(error, update, answer)].Should().Equal(WireBytes.Message(3, 3, 3, 2));
    }

    [Fact]
    public void Read_EveryTruncationOfAHardReset_IsRead()
    {
        var whole = Cease(2, "bye", hardReset: true);
        for (var length = 21; length <= whole.Length; length++)
        {
            var read = NotificationCodec.Read(whole.AsSpan(0, length));
            read.HardReset.Should().BeTrue();
            // After the inner codes the text may be left out, but not be cut.
            read.IsMalformed.Should().Be(length is < 23 or > 23 and < 27);
        }
    }

    [Fact]
    public void Read_OtherCodes_KeepTheirData()
    {
        var read = NotificationCodec.Read(WireBytes.Message(3, 3, 1, 9, 8, 7));
        (read.Code, read.Subcode, read.Text, read.HardReset, read.IsMalformed).Should().Be((BgpErrorCode.UpdateMessage, (byte)1, null, false, false));
        read.Data.Should().Equal(9, 8, 7);
    }
}
