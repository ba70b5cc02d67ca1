using System.Buffers.Binary;
using FluentAssertions;
using Loxi.Nat.Tests.Refusals;
using Loxi.Nat.Translation;
using Xunit;

namespace Loxi.Nat.Tests.Translation;

public sealed class FragmentPiecesTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(1232, true)]
    [InlineData(1240, true)]
    [InlineData(1480, false)]
    [InlineData(8000, true)]
    public void Ipv6Fragment_PiecesOfUpTo1280BytesMakeTheSame(int units, bool more)
    {
        var payload = Counting(units / 8 * 8);
        var packet = Frames.Ipv6(44, [17, 0, 0x01, (byte)(0x40 | (more ? 1 : 0)), 0, 0, 0xab, 0xcd, .. payload]);

        var pieces = Cut(packet, 1280);

        pieces.Should().OnlyContain(p => p.Length <= 1280);
        pieces.SelectMany(p => p[48..]).Should().Equal(payload);
        var offset = 0x140;
        foreach (var piece in pieces)
        {
            BinaryPrimitives.ReadUInt16BigEndian(piece.AsSpan(4)).Should().Be((ushort)(piece.Length - 40));
            var isLast = piece == pieces[^1];
            BinaryPrimitives.ReadUInt16BigEndian(piece.AsSpan(42)).Should().Be((ushort)(offset | (!isLast || more ? 1 : 0)));
            Convert.ToHexStringLower(piece, 44, 4).Should().Be("0000abcd");
            offset += piece.Length - 48;
        }
    }

    [Theory]
    [InlineData(0x0000, 1400)]
    [InlineData(0x2010, 1400)]
    [InlineData(0x0010, 1399)]
    public void Ipv4PacketThatMayBeFragmented_PiecesMakeTheSame(ushort fragment, int size)
    {
        var payload = Counting(size);
        var packet = Frames.Ipv4(17, payload, fragment: fragment);

        var pieces = Cut(packet, 576);

        pieces.Should().HaveCount(3).And.OnlyContain(p => p.Length <= 576);
        pieces.Should().AllSatisfy(p => Frames.Checksum(p[..20]).Should().Be(0));
        pieces.SelectMany(p => p[20..]).Should().Equal(payload);
        var offset = fragment & 0x1fff;
        foreach (var piece in pieces)
        {
            BinaryPrimitives.ReadUInt16BigEndian(piece.AsSpan(2)).Should().Be((ushort)piece.Length);
            BinaryPrimitives.ReadUInt16BigEndian(piece.AsSpan(6)).Should().Be((ushort)(offset | (piece != pieces[^1] ? 0x2000 : fragment & 0x2000)));
            offset += (piece.Length - 20) / 8;
        }
    }

    [Fact]
    public void WhatMayNotBeCut_ComesOutWhole()
    {
        foreach (var packet in (byte[][])[Frames.Ipv4(17, Counting(1400), fragment: 0x4000), Frames.Ipv6(17, Counting(1400)), Frames.Ipv4(17, Counting(500)), Frames.Ipv4(17, Counting(1400), options: [0x94, 4, 0, 0])])
        {
            Cut(packet, 576).Should().ContainSingle().Which.Should().Equal(packet);
        }
    }

    private static List<byte[]> Cut(byte[] packet, int mtu)
    {
        var pieces = new FragmentPieces(packet, mtu);
        var output = new byte[packet.Length];
        var cut = new List<byte[]>();
        while (pieces.MoveNext(output, out var length))
        {
            cut.Add(output[..length]);
        }

        return cut;
    }

    private static byte[] Counting(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)i)];
}
