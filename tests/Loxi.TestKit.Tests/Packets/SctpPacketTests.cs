using FluentAssertions;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.TestKit.Tests.Packets;

public sealed class SctpPacketTests
{
    private static readonly PacketBuilder Ip = Packet.Ipv4("198.51.100.10", "203.0.113.10");

    [Fact]
    public void EveryChunk_ParsesBack()
    {
        byte[] chunks =
        [
            .. SctpChunk.Init(0x11223344, 7), .. SctpChunk.InitAck(0x55667788, [1, 2, 3, 4, 5]), .. SctpChunk.CookieEcho([1, 2, 3, 4, 5]), .. SctpChunk.CookieAck(),
            .. SctpChunk.Data(7, "hello"u8.ToArray()), .. SctpChunk.Sack(7), .. SctpChunk.Heartbeat([9, 9]), .. SctpChunk.Heartbeat([9, 9], answer: true),
            .. SctpChunk.Shutdown(7), .. SctpChunk.ShutdownAck(), .. SctpChunk.ShutdownComplete(reflected: true), .. SctpChunk.Abort(reflected: true), .. SctpChunk.Error(3, [0, 0, 0, 1]),
        ];

        var parsed = new ParsedPacket(Ip.Sctp(40000, 5000, 0x01020304, chunks).ToFrame());

        (parsed.SourcePort, parsed.DestinationPort, parsed.VerificationTag).Should().Be((40000, 5000, 0x01020304u));
        parsed.TransportChecksumValid.Should().BeTrue();
        parsed.Chunks.Select(chunk => chunk.Type).Should().Equal(
            SctpChunkType.Init, SctpChunkType.InitAck, SctpChunkType.CookieEcho, SctpChunkType.CookieAck, SctpChunkType.Data, SctpChunkType.Sack,
            SctpChunkType.Heartbeat, SctpChunkType.HeartbeatAck, SctpChunkType.Shutdown, SctpChunkType.ShutdownAck, SctpChunkType.ShutdownComplete,
            SctpChunkType.Abort, SctpChunkType.Error);
        parsed.Chunks.Select(chunk => chunk.InitiateTag).Take(2).Should().Equal(0x11223344, 0x55667788);
        parsed.Chunks[2].Value.ToArray().Should().Equal(1, 2, 3, 4, 5);
        parsed.Chunks[4].Value.ToArray()[12..].Should().Equal("hello"u8.ToArray());
        parsed.Chunks[10].Flags.Should().Be(SctpChunk.Reflected);
    }

    [Fact]
    public void BadChecksum_IsSeen() =>
        new ParsedPacket(Ip.Sctp(1, 2, 3, SctpChunk.CookieAck(), badChecksum: true).ToFrame()).TransportChecksumValid.Should().BeFalse();

    [Fact]
    public void Crc32C_Rfc3720_B_4_KnownVectors()
    {
        Checksum.Crc32C(new byte[32]).Should().Be(0x8a9136aa);
        Checksum.Crc32C([.. Enumerable.Repeat((byte)0xff, 32)]).Should().Be(0x62a8ab43);
        Checksum.Crc32C(Packet.Counting(32)).Should().Be(0x46dd794e);
    }

    [Fact]
    public void ChunksCutAnywhere_WholeOnesAreKept()
    {
        var frame = Ip.Sctp(1, 2, 3, [.. SctpChunk.CookieAck(), .. SctpChunk.Data(1, new byte[10])]).ToFrame();

        for (var length = 14 + 20 + 12 + 4; length < frame.Length - 2; length++)
        {
            new ParsedPacket(frame.AsMemory(0, length)).Chunks.Should().ContainSingle("the frame is cut at {0}", length);
        }
    }
}
