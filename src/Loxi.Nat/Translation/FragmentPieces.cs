using System.Buffers.Binary;
using Loxi.Nat.Refusals;

namespace Loxi.Nat.Translation;

/// <summary>
/// Cuts a packet into what a link takes: an IPv4 packet without options that may be fragmented, or an IPv6 packet that has a fragment header
/// right behind its header. Any other comes out whole.
/// </summary>
internal ref struct FragmentPieces
{
    private const byte FragmentHeader = 44;
    private readonly ReadOnlySpan<byte> _packet;
    private readonly int _header;
    private readonly int _perPiece;
    private int _done;

    /// <param name="packet">A packet from its IP header to its end.</param>
    /// <param name="mtu">Most bytes of a piece; at least 68 for IPv4, 1,280 for IPv6.</param>
    public FragmentPieces(ReadOnlySpan<byte> packet, int mtu)
    {
        _packet = packet;
        var isIpv6 = packet[0] >> 4 == 6;
        _header = isIpv6 ? IpHeader.Ipv6Length + IpHeader.FragmentHeaderLength : IpHeader.Ipv4Length;
        // Some options belong in the first piece only.
        var mayBeCut = isIpv6 ? packet[6] == FragmentHeader : (packet[6] & 0x40) == 0 && (packet[0] & 0xf) * 4 == IpHeader.Ipv4Length;
        _perPiece = packet.Length <= mtu || !mayBeCut ? packet.Length : (mtu - _header) / 8 * 8;
    }

    /// <summary>Writes the next piece.</summary>
    /// <param name="output">At least as long as the packet.</param>
    /// <param name="length">Length of the piece.</param>
    /// <returns>False when there is none any more.</returns>
    public bool MoveNext(Span<byte> output, out int length)
    {
        length = 0;
        if (_perPiece == _packet.Length)
        {
            length = _done == 0 ? _packet.Length : 0;
            _packet[..length].CopyTo(output);
            _done = _packet.Length;
            return length > 0;
        }

        var payload = _packet[_header..];
        var size = Math.Min(_perPiece, payload.Length - _done);
        if (size <= 0)
        {
            return false;
        }

        _packet[.._header].CopyTo(output);
        payload.Slice(_done, size).CopyTo(output[_header..]);
        length = _header + size;
        WriteHeader(output[.._header], size, isLast: _done + size == payload.Length);
        _done += size;
        return true;
    }

    private readonly void WriteHeader(Span<byte> header, int size, bool isLast)
    {
        if (header[0] >> 4 == 6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)(IpHeader.FragmentHeaderLength + size));
            var fragment = BinaryPrimitives.ReadUInt16BigEndian(header[42..]);
            BinaryPrimitives.WriteUInt16BigEndian(header[42..], (ushort)((fragment + _done) | (isLast ? 0 : 1)));
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(IpHeader.Ipv4Length + size));
        var flags = BinaryPrimitives.ReadUInt16BigEndian(header[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], (ushort)((flags + (_done / 8)) | (isLast ? 0 : 0x2000)));
        header[10..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Finish(InternetChecksum.Add(0, header)));
    }
}
