using System.Collections.Immutable;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport.Wire;
using Loxi.Linux;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Ha.Transport.Engine;

/// <content>Receiving.</content>
internal sealed partial class HelloEngine
{
    private const int BatchSize = 64;
    private const int SampleSize = 16;

    // Four times what the buffer of a port holds: a flood must not keep the thread from sending and from its gates.
    private const int MostBatches = 256;
    private const long SampleInterval = 100_000_000;
    private const long AnswerInterval = 5_000_000;
    private const long AlarmInterval = 1_000_000_000;

    private readonly DatagramReceiveBatch _batch = new(BatchSize, HelloLayout.LongestDatagram + 1);
    private readonly DatagramReceiveBatch _sample = new(SampleSize, HelloLayout.LongestDatagram + 1);
    private readonly long[] _nextAlarms = new long[Enum.GetValues<HelloAlarm>().Length];
    private bool _areStrangersHeld;
    private long _nextStrangers;
    private uint _unreadKnown;

    private void ReceiveAll(in ClockReading now)
    {
        foreach (var port in _ports)
        {
            Drain(port, now);
        }

        if (_areStrangersHeld && now.Monotonic >= _nextStrangers)
        {
            HoldStrangers(false);
        }

        foreach (var port in _ports)
        {
            if (!_areStrangersHeld && Poller.IsReady(port.Strangers))
            {
                ReadStrangers(port, now);
            }
        }
    }

    private void Drain(HelloPort port, in ClockReading now)
    {
        port.Times = port.WasEmptied ? port.Times.Next(now) : port.Times with { Current = now };
        port.WasEmptied = false;
        for (var batches = 0; batches < MostBatches; batches++)
        {
            var count = port.Peers.Receive(_batch);
            for (var i = 0; i < count; i++)
            {
                ref readonly var info = ref _batch[i];
                Counters.Received++;
                Take(info, _batch.Payload(i), port.Times.ToMonotonic(info.TimestampNanoseconds), now.Monotonic);
            }

            NoteLosses(port, now.Monotonic);
            if (count < BatchSize)
            {
                port.WasEmptied = true;
                return;
            }

            // What has come since the clocks were read can wait for the next time.
            if (_batch[count - 1].TimestampNanoseconds > now.Realtime)
            {
                return;
            }
        }
    }

    private void NoteLosses(HelloPort port, long now)
    {
        var more = unchecked((int)(_batch.Dropped - port.KnownDropped));
        if (more > 0)
        {
            port.KnownDropped = _batch.Dropped;
            Counters.Lost += more;
            Raise(HelloAlarm.Overflow, now, new EngineEvent { Number = Counters.Lost });
        }
    }

    private void ReadStrangers(HelloPort port, in ClockReading now)
    {
        var count = port.Strangers.Receive(_sample);
        for (var i = 0; i < count; i++)
        {
            ref readonly var info = ref _sample[i];
            Counters.Received++;
            Take(info, _sample.Payload(i), now.Monotonic, now.Monotonic);
        }

        if (count == SampleSize)
        {
            _nextStrangers = now.Monotonic + SampleInterval;
            HoldStrangers(true);
        }

        var more = unchecked((int)(_sample.Dropped - _unreadKnown));
        if (more > 0)
        {
            _unreadKnown = _sample.Dropped;
            Counters.Unread += more;
        }
    }

    private void HoldStrangers(bool held)
    {
        _areStrangersHeld = held;
        _ports.ForEach(port => Poller.Watch(port.Strangers, !held));
    }

    private void Take(in DatagramInfo info, ReadOnlySpan<byte> payload, long arrival, long now)
    {
        var path = FindPath(info, out var reason);
        var header = default(HelloHeader);
        if (reason == HelloDiscardReason.None)
        {
            reason = HelloCodec.Check(payload, out header);
        }

        if (reason == HelloDiscardReason.None)
        {
            reason = _settings!.Authentication.Verify(payload, header, info.Ttl);
        }

        if (reason == HelloDiscardReason.None && header.NodeId != path!.Peer.Id)
        {
            reason = header.NodeId != _nodeId ? HelloDiscardReason.WrongNode : header.Incarnation == _incarnation ? HelloDiscardReason.Reflected : HelloDiscardReason.OwnNodeId;
        }

        if (reason == HelloDiscardReason.None)
        {
            var wasAuthenticated = path!.Peer.IsAuthenticated;
            reason = path.Peer.Accept(header, path);
            if (path.Peer.IsAuthenticated && !wasAuthenticated)
            {
                _groups.ForEach(group => group.Core.ForgetSequence(path.Peer.Id));
            }
        }

        if (reason != HelloDiscardReason.None)
        {
            Discard(reason, path, info.Source, now, reason == HelloDiscardReason.UnknownVersion ? payload[HelloLayout.VersionAt] : 0);
            return;
        }

        Hear(path!, header, payload, arrival, now);
    }

    private HelloPath? FindPath(in DatagramInfo info, out HelloDiscardReason reason)
    {
        HelloPath? near = null;
        foreach (var path in _paths)
        {
            if (path.Address != info.Source)
            {
                continue;
            }

            near = path;
            if ((path.InterfaceIndex == 0 || path.InterfaceIndex == info.InterfaceIndex) && (path.Local.IsNone || path.Local == info.Destination))
            {
                reason = HelloDiscardReason.None;
                return path;
            }
        }

        reason = near is null ? HelloDiscardReason.UnknownPeer : HelloDiscardReason.WrongPath;
        return near;
    }

    private void Hear(HelloPath path, in HelloHeader header, ReadOnlySpan<byte> payload, long arrival, long now)
    {
        path.Received++;
        path.Peer.KeyId = header.KeyId;
        var at = ToTime(arrival);
        path.LastHeard = path.LastHeard is { } last && last > at ? last : at;
        path.Measure(header, arrival);
        if (header.WallClock != 0)
        {
            path.Peer.ClockOffset = WallClock.Offset(header.WallClock, WallClock.ToWire(RealtimeClock.Nanoseconds - (now - arrival)), path.RoundTrip ?? TimeSpan.Zero);
        }

        if (header.IsRequest && now >= path.NextAnswer)
        {
            // A flood of requests is not answered by a flood.
            path.NextAnswer = now + AnswerInterval;
            path.AnswerDue = true;
        }

        ImmutableArray<HeardPeer>? heard = null;
        var groups = HelloCodec.ReadGroups(payload, header);
        while (groups.TryRead(out var entry))
        {
            if (FindGroup(entry.Name) is not { } group)
            {
                Counters.UnknownGroups++;
                continue;
            }

            heard ??= HelloCodec.ReadHeard(payload, header);
            group.Core.Receive(entry.ToHello(header, heard.Value), path.Slot, at, ToTime(now), _actions);
            Execute(group, now);
        }
    }

    private GroupRun? FindGroup(ReadOnlySpan<byte> name)
    {
        foreach (var group in _groups)
        {
            if (name.SequenceEqual(group.NameBytes))
            {
                return group;
            }
        }

        return null;
    }

    private void Discard(HelloDiscardReason reason, HelloPath? path, InternetAddress source, long now, long version = 0)
    {
        Counters.Discards[(int)reason]++;
        path?.CountDiscard(reason);
        var alarm = reason switch
        {
            HelloDiscardReason.UnknownPeer or HelloDiscardReason.WrongPath => HelloAlarm.UnknownSender,
            HelloDiscardReason.HopLimit or HelloDiscardReason.NotAuthenticated or HelloDiscardReason.UnknownKey or HelloDiscardReason.WrongAuthentication => HelloAlarm.WrongAuthentication,
            HelloDiscardReason.OwnNodeId or HelloDiscardReason.WrongNode => HelloAlarm.DuplicateNodeId,
            HelloDiscardReason.StaleIncarnation or HelloDiscardReason.Replayed or HelloDiscardReason.Reflected => HelloAlarm.Replay,
            HelloDiscardReason.UnknownVersion => HelloAlarm.OtherVersion,
            _ => HelloAlarm.Malformed,
        };
        Raise(alarm, now, new EngineEvent { Reason = reason, Source = source, Path = path, Peer = path?.Peer.Id, Number = version });
    }

    /// <summary>Tells an alarm, at most once in a second of each kind.</summary>
    private void Raise(HelloAlarm alarm, long now, in EngineEvent told)
    {
        if (now >= _nextAlarms[(int)alarm])
        {
            _nextAlarms[(int)alarm] = now + AlarmInterval;
            Tell(told with { Alarm = alarm });
        }
    }
}
