using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Wire;

public sealed class MessageHeaderTests
{
    // Figures of RFC 4271 4.1 and 4.4.
    private static readonly byte[] Keepalive = WireBytes.Hex("ffffffff ffffffff ffffffff ffffffff 0013 04");

    [Fact]
    public void WriteKeepalive_GivesGoldenBytes()
    {
        var bytes = new byte[19];
        MessageHeader.WriteKeepalive(bytes).Should().Be(19);
        bytes.Should().Equal(Keepalive);
    }

    [Fact]
    public void Read_EverySplitOfAStream_GivesTheSameMessages()
    {
        byte[][] messages = [Recordings.BirdOpen, Keepalive, Recordings.BirdIpv4, Recordings.BirdIpv6, WireBytes.Message(5, 0, 1, 0, 1), WireBytes.Message(3, 6, 4)];
        byte[] stream = [.. messages.SelectMany(m => m)];
        for (var split = 0; split <= stream.Length; split++)
        {
            var found = new List<int>();
            var at = 0;
            foreach (var end in new[] { split, stream.Length })
            {
                ParseStatus status;
                while ((status = MessageHeader.Read(stream.AsSpan(at..end), MessageHeader.PlainMaximum, out var header, out _)) == ParseStatus.Done)
                {
                    found.Add(header.Length);
                    at += header.Length;
                }

                status.Should().Be(ParseStatus.NeedMore);
            }

            found.Should().Equal(messages.Select(m => m.Length));
        }
    }

    [Fact]
    public void Read_WrongMarker_IsToldAtItsFirstOctet()
    {
        MessageHeader.Read("GET / HTTP/1.1"u8, MessageHeader.PlainMaximum, out _, out var error).Should().Be(ParseStatus.Invalid);
        error.Should().Be(new BgpError(BgpErrorCode.MessageHeader, HeaderSubcode.ConnectionNotSynchronized, 0, ErrorHandling.SessionReset));
    }

    [Fact]
    public void Read_EveryLengthOfEveryType_FollowsTheLimits()
    {
        var longest = new byte[65535];
        foreach (var maximum in new[] { 4096, 65535 })
        {
            for (var type = 0; type < 256; type++)
            {
                foreach (var length in new[] { 0, 18, 19, 20, 21, 22, 23, 28, 29, 4095, 4096, 4097, 65535 })
                {
                    WireBytes.MessageOfLength(length, (byte)type).CopyTo(longest, 0);
                    // RFC 4271 6.1, 8654 4, 2918 3.
                    var fits = type switch
                    {
                        1 => length is >= 29 and <= 4096,
                        2 => length >= 23 && length <= maximum,
                        3 => length >= 21 && length <= maximum,
                        4 => length == 19,
                        5 => length >= 23 && length <= maximum,
                        _ => false,
                    };
                    MessageHeader.Read(longest, maximum, out _, out var error).Should().Be(fits ? ParseStatus.Done : ParseStatus.Invalid, $"type {type}, length {length}");
                    error.IsNone.Should().Be(fits);
                }
            }
        }
    }
}
