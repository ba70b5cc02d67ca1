using System.Buffers.Binary;

namespace Loxi.Nat.Refusals;

/// <content>The answer to a refused SCTP packet.</content>
public static partial class RefusalBuilder
{
    private static RefusalSkip BuildAbort(ReadOnlySpan<byte> frame, in RefusedPacket packet, Span<byte> reply, out int length)
    {
        length = 0;
        if (packet.Protocol != RefusalRules.Sctp)
        {
            return RefusalSkip.NotSctp;
        }

        var refused = frame[packet.TransportOffset..packet.End];
        var why = SctpAnswer.Find(refused, out var answer);
        if (why != RefusalSkip.None)
        {
            return why;
        }

        var sctp = WriteHeaders(frame, packet, default, RefusalRules.Sctp, SctpAnswer.Length, 0, reply, out length);
        refused[2..4].CopyTo(sctp);
        refused[..2].CopyTo(sctp[2..]);
        BinaryPrimitives.WriteUInt32BigEndian(sctp[4..], answer.Tag);
        sctp[12] = answer.Chunk;
        sctp[13] = answer.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(sctp[14..], 4);
        Crc32C.Write(sctp);
        return RefusalSkip.None;
    }
}
