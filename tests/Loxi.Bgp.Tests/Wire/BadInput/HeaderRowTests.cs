using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Wire.BadInput;

/// <summary>Rows H of the bad input list: message headers (RFC 4271 6.1, 8654 4).</summary>
public sealed class HeaderRowTests
{
    private static void IsReset(byte subcode, byte[] message, byte[] data, int maxLength = MessageHeader.PlainMaximum)
    {
        MessageHeader.Read(message, maxLength, out var header, out var error).Should().Be(ParseStatus.Invalid);
        header.Should().Be(default(MessageHeader));
        (error.Code, error.Subcode, error.Handling).Should().Be((BgpErrorCode.MessageHeader, subcode, ErrorHandling.SessionReset));
        var answer = new byte[64];
        var length = NotificationCodec.WriteError(error, message, answer);
        answer[..length].Should().Equal(Message(3, [1, subcode, .. data]));
    }

    [Fact]
    public void H01_MarkerNotAllOnes()
    {
        for (var octet = 0; octet < 16; octet++)
        {
            var message = Message(4);
            message[octet] = 0xfe;
            IsReset(1, message, []);
        }
    }

    [Fact]
    public void H02_Length18() => IsReset(2, MessageOfLength(18, 4), Word(18));

    [Fact]
    public void H03_UpdateOf4097Octets_NotExtended()
    {
        IsReset(2, Message(2, new byte[4097 - 19]), Word(4097));
        MessageHeader.Read(Message(2, new byte[4096 - 19]), MessageHeader.PlainMaximum, out _, out _).Should().Be(ParseStatus.Done);
    }

    [Fact]
    public void H04_Length0() => IsReset(2, MessageOfLength(0, 4), Word(0));

    [Fact]
    public void H05_Type0() => IsReset(3, Message(0), [0]);

    [Fact]
    public void H06_CapabilityMessage_NeverNegotiated() => IsReset(3, Message(6, new byte[10]), [6]);

    [Fact]
    public void H07_Type255() => IsReset(3, Message(255), [255]);

    [Fact]
    public void H08_KeepaliveWithABody() => IsReset(2, Message(4, 0), Word(20));

    [Fact]
    public void H09_UpdateOf22Octets() => IsReset(2, Message(2, new byte[3]), Word(22));

    [Fact]
    public void H10_OpenOf28Octets() => IsReset(2, Message(1, new byte[9]), Word(28));

    [Fact]
    public void H11_ExtendedMessagesAdvertisedByUs_UpdateOf5000Octets()
    {
        var update = Message(2, new byte[5000 - 19]);
        MessageHeader.Read(update, MessageHeader.ExtendedMaximum, out var header, out _).Should().Be(ParseStatus.Done);
        header.Should().Be(new MessageHeader(MessageType.Update, 5000));
    }

    [Fact]
    public void H12_OpenOf5000Octets_IsNeverExtended() => IsReset(2, Message(1, new byte[5000 - 19]), Word(5000), MessageHeader.ExtendedMaximum);

    [Fact]
    public void NotificationOf20Octets() => IsReset(2, Message(3, 6), Word(20));
}
