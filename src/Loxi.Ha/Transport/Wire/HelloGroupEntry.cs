using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Loxi.Ha.Roles;

namespace Loxi.Ha.Transport.Wire;

/// <summary>What a datagram says of one VIP group.</summary>
/// <remarks>name length 1, role 1, readiness 1, flags 1, hands over to 2, health 1, priority 1, term 8, configuration hash 8, masters 1; masters of 14 each; the name.</remarks>
internal readonly ref struct HelloGroupEntry(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public ReadOnlySpan<byte> Name => _bytes[^_bytes[0]..];

    /// <summary>The length of an entry at the begin of some octets; 0 when it is wrong.</summary>
    /// <param name="bytes">At least <see cref="HelloLayout.GroupLength"/> octets.</param>
    public static int Check(ReadOnlySpan<byte> bytes)
    {
        var (name, masters) = (bytes[0], bytes[24]);
        var length = HelloLayout.GroupLength + (masters * HelloLayout.MasterLength) + name;
        if (name is 0 or > HelloLayout.LongestName || masters > HelloLayout.MostMasters || length > bytes.Length
            || bytes[1] > (byte)HelloRole.Resign || bytes[2] > (byte)Readiness.Ready || (bytes[3] & ~HelloLayout.KnownGroupFlags) != 0)
        {
            return 0;
        }

        // Printable ASCII: names go into logs and labels.
        return bytes[(length - name)..length].ContainsAnyExceptInRange((byte)'!', (byte)'~') ? 0 : length;
    }

    public Hello ToHello(in HelloHeader header, ImmutableArray<HeardPeer> heard) => new()
    {
        NodeId = header.NodeId,
        Incarnation = header.Incarnation,
        Sequence = header.Sequence,
        Role = (HelloRole)_bytes[1],
        Readiness = (Readiness)_bytes[2],
        Pinned = (_bytes[3] & HelloLayout.PinnedFlag) != 0,
        Claims = (_bytes[3] & HelloLayout.ClaimsFlag) != 0,
        HandsOverTo = (_bytes[3] & HelloLayout.HandsOverFlag) != 0 ? BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]) : null,
        Health = _bytes[6],
        Priority = _bytes[7],
        Term = BinaryPrimitives.ReadUInt64BigEndian(_bytes[8..]),
        ConfigHash = BinaryPrimitives.ReadUInt64BigEndian(_bytes[16..]),
        Heard = heard,
        Masters = ReadMasters(),
    };

    private ImmutableArray<HeardMaster> ReadMasters()
    {
        if (_bytes[24] == 0)
        {
            return [];
        }

        var masters = new HeardMaster[_bytes[24]];
        for (var i = 0; i < masters.Length; i++)
        {
            var entry = _bytes[(HelloLayout.GroupLength + (i * HelloLayout.MasterLength))..];
            masters[i] = new HeardMaster(
                BinaryPrimitives.ReadUInt16BigEndian(entry), BinaryPrimitives.ReadUInt64BigEndian(entry[2..]), TimeSpan.FromMicroseconds(BinaryPrimitives.ReadUInt32BigEndian(entry[10..])));
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(masters);
    }
}
