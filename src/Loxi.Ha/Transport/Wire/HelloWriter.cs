using System.Buffers.Binary;
using System.Collections.Immutable;
using Loxi.Ha.Roles;

namespace Loxi.Ha.Transport.Wire;

/// <summary>Writes one HELLO datagram: <see cref="Begin"/>, groups while they fit, <see cref="Finish"/>.</summary>
internal ref struct HelloWriter
{
    private readonly Span<byte> _bytes;
    private readonly int _limit;
    private int _length;

    /// <param name="bytes">Room for <see cref="HelloLayout.LongestDatagram"/> octets.</param>
    /// <param name="isSigned">Whether room is left for the authentication.</param>
    public HelloWriter(Span<byte> bytes, bool isSigned)
    {
        _bytes = bytes;
        _limit = HelloLayout.LongestDatagram - (isSigned ? HelloLayout.TagLength : 0);
    }

    /// <summary>Writes the header; lengths, counts of groups, echo and key come from others.</summary>
    /// <param name="header">Node, incarnation, sequence, part.</param>
    /// <param name="heard">Whom the node hears; at most <see cref="HelloLayout.MostHeard"/> are written.</param>
    public void Begin(in HelloHeader header, ImmutableArray<HeardPeer> heard)
    {
        var count = Math.Min(heard.Length, HelloLayout.MostHeard);
        _bytes[..HelloLayout.HeaderLength].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(_bytes, HelloLayout.Magic);
        _bytes[HelloLayout.VersionAt] = HelloLayout.Version;
        BinaryPrimitives.WriteUInt16BigEndian(_bytes[HelloLayout.NodeAt..], header.NodeId);
        _bytes[HelloLayout.PartAt] = header.Part;
        _bytes[HelloLayout.HeardAt] = (byte)count;
        BinaryPrimitives.WriteUInt64BigEndian(_bytes[HelloLayout.IncarnationAt..], header.Incarnation);
        BinaryPrimitives.WriteUInt64BigEndian(_bytes[HelloLayout.SequenceAt..], header.Sequence);
        _length = HelloLayout.HeaderLength;
        for (var i = 0; i < count; i++)
        {
            var entry = _bytes.Slice(_length, HelloLayout.HeardLength);
            BinaryPrimitives.WriteUInt16BigEndian(entry, heard[i].NodeId);
            BinaryPrimitives.WriteUInt64BigEndian(entry[2..], heard[i].Incarnation);
            BinaryPrimitives.WriteUInt64BigEndian(entry[10..], heard[i].Sequence);
            _length += HelloLayout.HeardLength;
        }
    }

    /// <summary>Writes what the node says of a group.</summary>
    /// <param name="name">Its name: 1 to 63 octets.</param>
    /// <param name="hello">What it says; at most <see cref="HelloLayout.MostMasters"/> masters are written.</param>
    /// <returns>False when there is no room: the group belongs in the next datagram.</returns>
    public bool TryAdd(ReadOnlySpan<byte> name, Hello hello)
    {
        var masters = Math.Min(hello.Masters.Length, HelloLayout.MostMasters);
        var length = HelloLayout.GroupLength + (masters * HelloLayout.MasterLength) + name.Length;
        if (_length + length > _limit || _bytes[HelloLayout.GroupsAt] == byte.MaxValue)
        {
            return false;
        }

        var entry = _bytes.Slice(_length, length);
        entry[0] = (byte)name.Length;
        entry[1] = (byte)hello.Role;
        entry[2] = (byte)hello.Readiness;
        entry[3] = (byte)((hello.Pinned ? HelloLayout.PinnedFlag : 0) | (hello.Claims ? HelloLayout.ClaimsFlag : 0) | (hello.HandsOverTo is null ? 0 : HelloLayout.HandsOverFlag));
        BinaryPrimitives.WriteUInt16BigEndian(entry[4..], hello.HandsOverTo ?? 0);
        entry[6] = hello.Health;
        entry[7] = hello.Priority;
        BinaryPrimitives.WriteUInt64BigEndian(entry[8..], hello.Term);
        BinaryPrimitives.WriteUInt64BigEndian(entry[16..], hello.ConfigHash);
        entry[24] = (byte)masters;
        for (var i = 0; i < masters; i++)
        {
            var master = entry[(HelloLayout.GroupLength + (i * HelloLayout.MasterLength))..];
            BinaryPrimitives.WriteUInt16BigEndian(master, hello.Masters[i].NodeId);
            BinaryPrimitives.WriteUInt64BigEndian(master[2..], hello.Masters[i].Term);
            BinaryPrimitives.WriteUInt32BigEndian(master[10..], Microseconds(hello.Masters[i].Age));
        }

        name.CopyTo(entry[^name.Length..]);
        _bytes[HelloLayout.GroupsAt]++;
        _length += length;
        return true;
    }

    /// <summary>The octets without the authentication.</summary>
    public readonly int Finish() => _length;

    /// <summary>Addresses a written datagram to one path, and signs it.</summary>
    /// <param name="datagram">Room for the whole, with what was written at its begin.</param>
    /// <param name="length">Octets that were written.</param>
    /// <param name="flags">Request or answer.</param>
    /// <param name="echoSequence">The last sequence that came on the path; 0 for none.</param>
    /// <param name="echoDelay">How long ago that was.</param>
    /// <param name="key">What signs it; null for nothing.</param>
    /// <param name="wallClock">The own wall clock (<see cref="HelloLayout.WallClockAt"/>); 0 for not told.</param>
    /// <returns>Octets of the datagram.</returns>
    public static int Complete(Span<byte> datagram, int length, byte flags, ulong echoSequence, TimeSpan echoDelay, HelloKey? key, uint wallClock = 0)
    {
        var whole = length + (key is null ? 0 : HelloLayout.TagLength);
        datagram[HelloLayout.FlagsAt] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(datagram[HelloLayout.LengthAt..], (ushort)whole);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[HelloLayout.KeyAt..], key?.Id ?? 0);
        BinaryPrimitives.WriteUInt64BigEndian(datagram[HelloLayout.EchoAt..], echoSequence);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[HelloLayout.EchoDelayAt..], Microseconds(echoDelay));
        BinaryPrimitives.WriteUInt32BigEndian(datagram[HelloLayout.WallClockAt..], wallClock);
        key?.Sign(datagram[..length], datagram.Slice(length, HelloLayout.TagLength));
        return whole;
    }

    private static uint Microseconds(TimeSpan time) => (uint)Math.Clamp(time.TotalMicroseconds, 0, uint.MaxValue);
}
