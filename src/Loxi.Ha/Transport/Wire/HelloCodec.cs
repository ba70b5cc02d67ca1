using System.Buffers.Binary;
using System.Collections.Immutable;
using Loxi.Ha.Roles;

namespace Loxi.Ha.Transport.Wire;

/// <summary>Reads HELLO datagrams. What is wrong with one is found before anything is made of it.</summary>
internal static class HelloCodec
{
    /// <summary>Checks the whole structure of a datagram; its authentication is not looked at.</summary>
    /// <param name="datagram">Its octets.</param>
    /// <param name="header">What it says; only when nothing is wrong.</param>
    public static HelloDiscardReason Check(ReadOnlySpan<byte> datagram, out HelloHeader header)
    {
        header = default;
        if (datagram.Length < HelloLayout.HeaderLength)
        {
            return HelloDiscardReason.TooShort;
        }

        if (datagram.Length > HelloLayout.LongestDatagram)
        {
            return HelloDiscardReason.TooLong;
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(datagram) != HelloLayout.Magic)
        {
            return HelloDiscardReason.NotHello;
        }

        if (datagram[HelloLayout.VersionAt] != HelloLayout.Version)
        {
            return HelloDiscardReason.UnknownVersion;
        }

        var keyId = BinaryPrimitives.ReadUInt16BigEndian(datagram[HelloLayout.KeyAt..]);
        var content = datagram.Length - (keyId == 0 ? 0 : HelloLayout.TagLength);
        if (BinaryPrimitives.ReadUInt16BigEndian(datagram[HelloLayout.LengthAt..]) != datagram.Length || content < HelloLayout.HeaderLength)
        {
            return HelloDiscardReason.WrongLength;
        }

        var flags = datagram[HelloLayout.FlagsAt];
        var found = new HelloHeader
        {
            IsRequest = (flags & HelloLayout.RequestFlag) != 0,
            IsAnswer = (flags & HelloLayout.AnswerFlag) != 0,
            NodeId = BinaryPrimitives.ReadUInt16BigEndian(datagram[HelloLayout.NodeAt..]),
            KeyId = keyId,
            Part = datagram[HelloLayout.PartAt],
            Groups = datagram[HelloLayout.GroupsAt],
            Heard = datagram[HelloLayout.HeardAt],
            Incarnation = BinaryPrimitives.ReadUInt64BigEndian(datagram[HelloLayout.IncarnationAt..]),
            Sequence = BinaryPrimitives.ReadUInt64BigEndian(datagram[HelloLayout.SequenceAt..]),
            EchoSequence = BinaryPrimitives.ReadUInt64BigEndian(datagram[HelloLayout.EchoAt..]),
            EchoDelay = BinaryPrimitives.ReadUInt32BigEndian(datagram[HelloLayout.EchoDelayAt..]),
            WallClock = BinaryPrimitives.ReadUInt32BigEndian(datagram[HelloLayout.WallClockAt..]),
            ContentLength = content,
        };
        if ((flags & ~HelloLayout.KnownFlags) != 0 || found.Part >= HelloLayout.MostParts || found.Heard > HelloLayout.MostHeard || found.Incarnation == 0 || found.Sequence == 0)
        {
            return HelloDiscardReason.WrongHeader;
        }

        var rest = datagram[HelloLayout.HeaderLength..content];
        var heard = found.Heard * HelloLayout.HeardLength;
        if (rest.Length < heard)
        {
            return HelloDiscardReason.WrongHeader;
        }

        rest = rest[heard..];
        for (var i = 0; i < found.Groups; i++)
        {
            if (rest.Length < HelloLayout.GroupLength)
            {
                return HelloDiscardReason.WrongHeader;
            }

            var length = HelloGroupEntry.Check(rest);
            if (length == 0)
            {
                return HelloDiscardReason.WrongGroup;
            }

            rest = rest[length..];
        }

        if (!rest.IsEmpty)
        {
            return HelloDiscardReason.WrongHeader;
        }

        header = found;
        return HelloDiscardReason.None;
    }

    /// <summary>Whom the sender hears.</summary>
    /// <param name="datagram">A datagram that <see cref="Check"/> found right.</param>
    /// <param name="header">Its header.</param>
    public static ImmutableArray<HeardPeer> ReadHeard(ReadOnlySpan<byte> datagram, in HelloHeader header)
    {
        if (header.Heard == 0)
        {
            return [];
        }

        var heard = new HeardPeer[header.Heard];
        for (var i = 0; i < heard.Length; i++)
        {
            var entry = datagram[(HelloLayout.HeaderLength + (i * HelloLayout.HeardLength))..];
            heard[i] = new HeardPeer(BinaryPrimitives.ReadUInt16BigEndian(entry), BinaryPrimitives.ReadUInt64BigEndian(entry[2..]), BinaryPrimitives.ReadUInt64BigEndian(entry[10..]));
        }

        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(heard);
    }

    /// <summary>The entries of groups, one after the other.</summary>
    /// <param name="datagram">A datagram that <see cref="Check"/> found right.</param>
    /// <param name="header">Its header.</param>
    public static HelloGroupReader ReadGroups(ReadOnlySpan<byte> datagram, in HelloHeader header) =>
        new(datagram[(HelloLayout.HeaderLength + (header.Heard * HelloLayout.HeardLength))..header.ContentLength]);
}
