using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Engine;

/// <content>Frames of peers: what is checked of each, and where it goes.</content>
public sealed partial class SyncEngine<TKey, TValue>
{
    /// <summary>Why <see cref="Receive"/> said <see cref="SyncFrameProblem.WrongRecord"/> the last time.</summary>
    public SyncRecordProblem LastRecordProblem { get; private set; }

    /// <summary>Takes one frame of a peer.</summary>
    /// <param name="peer">The peer from whose connection it comes.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="frame">The whole frame, with its length; what it is read for ends with the call.</param>
    /// <param name="now">The time.</param>
    /// <returns>Unless <see cref="SyncFrameProblem.None"/> the connection is to be closed. What was read before the fault is in <see cref="Incoming"/> all the same.</returns>
    /// <exception cref="ArgumentException">There is no such peer.</exception>
    /// <exception cref="InvalidOperationException">There is no such connection, or there are records in <see cref="Incoming"/>.</exception>
    public SyncFrameProblem Receive(byte peer, SyncChannel channel, ReadOnlySpan<byte> frame, TimeSpan now)
    {
        ThrowWhileIncoming();
        var p = PeerOf(peer);
        var stream = p.Stream(channel);
        if (!stream.Connected)
        {
            throw new InvalidOperationException($"Peer {peer} has no {channel} connection.");
        }

        var problem = SyncFrame.Check(frame, out var header);
        if (problem == SyncFrameProblem.None)
        {
            problem = stream.Opened ? ReceiveNext(p, stream, channel, header, frame, now.Ticks) : ReceiveOpen(p, stream, channel, header, frame, now.Ticks);
        }

        if (problem != SyncFrameProblem.None)
        {
            p.Counters.FramesRefused++;
            stream.Dead = true;
            return problem;
        }

        p.HeardAt = now.Ticks;
        if (_incoming.Count > 0 && Has(SyncRules.AckAfterApply))
        {
            _applying = stream;
            _applyingSequence = header.Sequence;
        }
        else
        {
            stream.Applied = header.Sequence;
            stream.AckDue |= header.Kind is SyncFrameKind.Records or SyncFrameKind.Bucket;
        }

        return SyncFrameProblem.None;
    }

    private SyncFrameProblem ReceiveOpen(SyncPeer<TKey, TValue> peer, SyncStream<TKey, TValue> stream, SyncChannel channel, in SyncFrameHeader header, ReadOnlySpan<byte> frame, long now)
    {
        if (header.Kind != SyncFrameKind.Open)
        {
            return SyncFrameProblem.NotOpened;
        }

        var problem = SyncFrame.ReadOpen(frame, out var open);
        if (problem != SyncFrameProblem.None)
        {
            return problem;
        }

        problem = open.Schema != _schema.Id ? SyncFrameProblem.WrongSchema
            : open.Layout != _settings.Layout ? SyncFrameProblem.WrongLayout
            : open.Node != peer.Id ? SyncFrameProblem.WrongNode
            : open.Peer != _settings.NodeId ? SyncFrameProblem.WrongPeer
            : open.Channel != channel ? SyncFrameProblem.WrongChannel
            : header.Sequence != 1 ? SyncFrameProblem.WrongSequence
            : header.Ack > stream.Sent ? SyncFrameProblem.WrongAck
            : header.Incarnation == 0 ? SyncFrameProblem.WrongIncarnation
            : header.Incarnation < peer.Incarnation && Has(SyncRules.Incarnation) ? SyncFrameProblem.StaleIncarnation
            : SyncFrameProblem.None;
        if (problem != SyncFrameProblem.None)
        {
            return problem;
        }

        if (header.Incarnation != peer.Incarnation)
        {
            BeginRun(peer, header.Incarnation);
        }

        stream.Opened = true;
        stream.Received = 1;
        stream.Acked = header.Ack;
        if (channel == SyncChannel.Live)
        {
            Hear(peer, header);
            peer.Tracked = true;
            peer.WasOpen = true;
            peer.DigestAt = now + _settings.DigestPeriod.Ticks;
            peer.DigestDue = false;
            Join(peer);
        }

        return SyncFrameProblem.None;
    }

    private SyncFrameProblem ReceiveNext(SyncPeer<TKey, TValue> peer, SyncStream<TKey, TValue> stream, SyncChannel channel, in SyncFrameHeader header, ReadOnlySpan<byte> frame, long now)
    {
        var problem = header.Kind == SyncFrameKind.Open ? SyncFrameProblem.OpenedTwice
            : stream.Dead || (header.Incarnation != peer.Incarnation && Has(SyncRules.Incarnation)) ? SyncFrameProblem.WrongIncarnation
            : header.Sequence != stream.Received + 1 ? SyncFrameProblem.WrongSequence
            : header.Ack > stream.Sent || header.Ack < stream.Acked ? SyncFrameProblem.WrongAck
            : SyncFrameProblem.None;
        if (problem != SyncFrameProblem.None)
        {
            return problem;
        }

        stream.Received = header.Sequence;
        stream.Acked = header.Ack;
        if (channel == SyncChannel.Live)
        {
            Hear(peer, header);
            AcknowledgeRecords(peer, header.Ack, now);
        }
        else
        {
            AcknowledgeBuckets(peer, header.Ack);
        }

        return (header.Kind, channel) switch
        {
            (SyncFrameKind.Ack, _) => SyncFrameProblem.None,
            (SyncFrameKind.Records, SyncChannel.Live) => ReceiveRecords(peer, stream, header, frame[SyncFrameLayout.HeaderLength..], -1, now),
            (SyncFrameKind.Digest, SyncChannel.Live) => ReceiveDigest(peer, header, frame, now),
            (SyncFrameKind.Want, SyncChannel.Live) => ReceiveWant(peer, frame),
            (SyncFrameKind.Bucket, SyncChannel.Bulk) => ReceiveBucket(peer, stream, header, frame, now),
            _ => SyncFrameProblem.UnknownKind,
        };
    }

    private SyncFrameProblem ReceiveRecords(SyncPeer<TKey, TValue> peer, SyncStream<TKey, TValue> stream, in SyncFrameHeader header, ReadOnlySpan<byte> rest, int bucket, long now)
    {
        if (!stream.Reader!.TryBeginFrame(header.Epoch))
        {
            return SyncFrameProblem.WrongEpoch;
        }

        var count = 0;
        while (true)
        {
            var problem = stream.Reader.Read(ref rest, out var record);
            if (problem is not (SyncRecordProblem.None or SyncRecordProblem.Impossible))
            {
                LastRecordProblem = problem;
                return SyncFrameProblem.WrongRecord;
            }

            if (record.Operation == SyncOperation.None)
            {
                return count == header.Count ? SyncFrameProblem.None : SyncFrameProblem.WrongCount;
            }

            count++;
            peer.Counters.RecordsReceived++;
            if (problem == SyncRecordProblem.Impossible)
            {
                peer.Counters.RecordsImpossible++;
                continue;
            }

            if (bucket >= 0 && (int)((uint)_schema.HashOf(record.Key) >> 20) != bucket)
            {
                return SyncFrameProblem.WrongBucket;
            }

            Offer(peer, record, now);
        }
    }
}
