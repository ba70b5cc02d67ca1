using System.Collections.Immutable;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Speaker;

/// <content>Connections with peers.</content>
internal sealed partial class SyncHub<TKey, TValue>
{
    private const int LiveFrames = 16;
    private const int BulkFrames = 2;
    private static readonly TimeSpan OpenTime = TimeSpan.FromSeconds(5);

    private readonly byte[] _frame = new byte[SyncFrame.LongestLength];
    private readonly SortedDictionary<byte, (SyncLink Live, SyncLink Bulk)> _peers = [];

    /// <summary>In the order of their turns: changes and what is acknowledged before whole buckets.</summary>
    private ImmutableArray<SyncLink> _links = [];
    private readonly List<(byte Peer, ulong Barrier, TaskCompletionSource Passed, CancellationToken Cancellation)> _barriers = [];
    private readonly Dictionary<SyncFrameProblem, long> _problems = [];

    public ImmutableDictionary<SyncFrameProblem, long> Problems => _problems.ToImmutableDictionary();

    /// <summary>These are the peers from now on; connections that are trusted no more are closed.</summary>
    public void SetPeers(SyncPins pins, IReadOnlyCollection<byte> peers, TimeSpan now)
    {
        foreach (var peer in _peers.Keys.Except(peers).ToArray())
        {
            var (live, bulk) = _peers[peer];
            Drop(live, "it is no peer any more", now);
            Drop(bulk, "it is no peer any more", now);
            engine.RemovePeer(peer);
            _peers.Remove(peer);
        }

        foreach (var peer in peers.Except(_peers.Keys).ToArray())
        {
            engine.AddPeer(peer);
            _peers.Add(peer, (new SyncLink(peer, SyncChannel.Live), new SyncLink(peer, SyncChannel.Bulk)));
        }

        _links = [.. _peers.Values.Select(static p => p.Live), .. _peers.Values.Select(static p => p.Bulk)];
        foreach (var link in _links)
        {
            if (link.Connection is { } connection && pins.PeerOf(connection.Pin) != link.Peer)
            {
                Drop(link, "its certificate is no longer trusted", now);
            }
        }
    }

    /// <summary>A peer has connected, or was connected to. A connection of the same channel that there was is over.</summary>
    public void Attach(SyncPins pins, SyncConnection connection, TimeSpan now)
    {
        connection.Start(wake);
        if (pins.PeerOf(connection.Pin) != connection.Peer || !_peers.TryGetValue(connection.Peer, out var links))
        {
            // It was one when the handshake began.
            connection.Close("its certificate is no longer trusted");
            return;
        }

        var link = connection.Channel == SyncChannel.Live ? links.Live : links.Bulk;
        Drop(link, "another connection has taken its place", now);
        engine.Open(link.Peer, link.Channel, now);
        (link.Connection, link.AttachedAt) = (connection, now);
        wake();
    }

    /// <summary>Ends all connections.</summary>
    public void CloseAll()
    {
        foreach (var link in _links)
        {
            link.Connection?.Close("this node stops");
            link.Connection = null;
        }

        _barriers.ForEach(static b => b.Passed.TrySetCanceled());
        _barriers.Clear();
    }

    /// <summary>Ends when all that had changed before is in the peer's table.</summary>
    public Task PassAsync(byte peer, TimeSpan now, CancellationToken cancellation)
    {
        TakeChanges(now);
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _barriers.Add((peer, engine.Barrier(peer), passed, cancellation));
        wake();
        return passed.Task;
    }

    public ImmutableArray<SyncSpeakerPeerStatus> ReadPeers(TimeSpan now) => [.. _peers.Select(p => new SyncSpeakerPeerStatus(engine.Status(p.Key, now), p.Value.Live.Status, p.Value.Bulk.Status))];

    private void ReceiveAll(TimeSpan now)
    {
        foreach (var link in _links)
        {
            if (link.Connection is not null)
            {
                Receive(link, now);
            }
        }
    }

    private void Receive(SyncLink link, TimeSpan now)
    {
        for (var rest = link.Channel == SyncChannel.Live ? LiveFrames : BulkFrames; link.Connection is { } connection; rest--)
        {
            if (rest == 0)
            {
                _again = true;
                return;
            }

            switch (connection.TryReceive(_frame, out var length, out var problem))
            {
                case SyncInput.Nothing:
                    return;
                case SyncInput.Frame:
                    problem = engine.Receive(link.Peer, link.Channel, _frame.AsSpan(0, length), now);
                    Apply(now);
                    if (problem != SyncFrameProblem.None)
                    {
                        Refuse(link, problem, now);
                    }
                    else if (!link.IsOpen)
                    {
                        link.IsOpen = true;
                        link.Opened++;
                        tell(new SyncSpeakerEvent(SyncSpeakerEventKind.Opened, link.Peer, link.Channel, "") { Remote = connection.Remote });
                    }

                    break;
                case SyncInput.Malformed:
                    Refuse(link, problem, now);
                    break;
                case SyncInput.Ended:
                    Drop(link, connection.EndReason, now);
                    break;
                default:
                    Drop(link, connection.EndReason + " in the middle of a frame", now);
                    break;
            }
        }
    }

    private void SendAll(TimeSpan now)
    {
        foreach (var link in _links)
        {
            var rest = link.Channel == SyncChannel.Live ? LiveFrames : BulkFrames;
            while (link.Connection is { CanSend: true } connection)
            {
                if (rest-- == 0)
                {
                    _again = true;
                    break;
                }

                var length = engine.Write(link.Peer, link.Channel, _frame, now);
                if (length == 0)
                {
                    break;
                }

                connection.Send(_frame.AsSpan(0, length));
            }
        }
    }

    private void CloseUnopened(TimeSpan now)
    {
        foreach (var link in _links)
        {
            if (link.Connection is not null && !link.IsOpen && now - link.AttachedAt >= OpenTime)
            {
                Drop(link, $"it did not open the stream within {OpenTime.TotalSeconds} s", now);
            }
        }
    }

    private void Refuse(SyncLink link, SyncFrameProblem problem, TimeSpan now)
    {
        _problems[problem] = _problems.GetValueOrDefault(problem) + 1;
        var why = problem switch
        {
            SyncFrameProblem.WrongRecord => $"{problem} ({engine.LastRecordProblem})",
            SyncFrameProblem.UnknownVersion or SyncFrameProblem.WrongSchema => $"{problem}: the node speaks another version of sync than this one; expected a version of Loxi that speaks the same on both",
            SyncFrameProblem.WrongLayout => $"{problem}: expected the same layout (loxid: --port-slices) on both nodes",
            _ => problem.ToString(),
        };
        Drop(link, $"a frame of it was refused: {why}", now, problem);
    }

    private void Drop(SyncLink link, string reason, TimeSpan now, SyncFrameProblem problem = SyncFrameProblem.None)
    {
        if (link.Connection is not { } connection)
        {
            return;
        }

        (link.Connection, link.IsOpen, link.LastEnd) = (null, false, reason);
        engine.Close(link.Peer, link.Channel, now);
        connection.Close(reason);
        tell(new SyncSpeakerEvent(SyncSpeakerEventKind.Closed, link.Peer, link.Channel, reason) { Remote = connection.Remote, Problem = problem });
    }

    private void NotePassed()
    {
        for (var i = _barriers.Count - 1; i >= 0; i--)
        {
            var (peer, barrier, passed, cancellation) = _barriers[i];
            var isOver = cancellation.IsCancellationRequested || !_peers.ContainsKey(peer);
            if (isOver ? passed.TrySetCanceled(cancellation) : engine.HasPassed(peer, barrier) && passed.TrySetResult())
            {
                _barriers.RemoveAt(i);
            }
        }
    }
}
