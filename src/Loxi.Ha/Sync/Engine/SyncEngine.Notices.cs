using System.Buffers.Binary;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Engine;

/// <content>
/// Notices: what a node says of itself. They have the form of sums of the receiver's own entries, which nobody else speaks for: builds that know of no notices take them for what does not concern them.
/// </content>
public sealed partial class SyncEngine<TKey, TValue>
{
    private const int KindsShift = 8;

    private int WriteNotice(SyncPeer<TKey, TValue> peer, SyncStream<TKey, TValue> stream, Span<byte> frame)
    {
        (peer.ToldNotice, peer.ToldLacks) = (true, _parked.Count > 0);
        frame[SyncFrameLayout.HeaderLength] = peer.Id;
        frame[SyncFrameLayout.HeaderLength + 1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(frame[(SyncFrameLayout.HeaderLength + 2)..], 0);
        BinaryPrimitives.WriteUInt64BigEndian(frame[SyncFrameLayout.DigestHeadLength..], ((ulong)_kinds << KindsShift) | (peer.ToldLacks ? SyncFrameLayout.LacksNotice : 0));
        return End(stream, frame, SyncFrameLayout.DigestHeadLength + sizeof(ulong), SyncFrameKind.Digest, 1);
    }

    /// <summary>Bits that are not known are of a later build.</summary>
    private static SyncFrameProblem HearNotice(SyncPeer<TKey, TValue> peer, ulong notice)
    {
        peer.Lacks = (notice & SyncFrameLayout.LacksNotice) != 0;
        peer.Kinds = (uint)(notice >> KindsShift) | 1;
        return SyncFrameProblem.None;
    }
}
