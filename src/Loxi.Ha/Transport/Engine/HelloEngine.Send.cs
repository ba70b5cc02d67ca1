using System.Collections.Immutable;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport.Wire;
using Loxi.Linux;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Ha.Transport.Engine;

/// <content>Sending.</content>
internal sealed partial class HelloEngine
{
    private const long LookInterval = 1_000_000_000;

    private readonly List<(byte[] Bytes, int Length)> _parts = [];
    private readonly byte[] _datagram = new byte[HelloLayout.LongestDatagram];
    private ulong _sequence;
    private long _nextHello = long.MaxValue;
    private bool _helloDue;

    /// <summary>Sends what is due: the HELLO of the interval or of a decision, requests (R2a), answers.</summary>
    private void SendDue()
    {
        var now = MonotonicClock.Nanoseconds;
        if (_helloDue || now >= _nextHello)
        {
            if (now >= _nextHello)
            {
                // What was missed is not made up for: the others counted the silence already.
                _nextHello = Math.Max(_nextHello + _interval, now + (_interval / 2));
            }

            _helloDue = false;
            var parts = Describe(now);
            foreach (var path in _paths)
            {
                Add(path, parts, path.AnswerDue ? HelloLayout.AnswerFlag : (byte)0, now);
                path.AnswerDue = false;
            }
        }

        foreach (var path in _paths)
        {
            if (path.AnswerDue)
            {
                path.AnswerDue = false;
                Add(path, Describe(now), HelloLayout.AnswerFlag, now);
            }
        }

        foreach (var peer in _peers)
        {
            if (peer.ProbesLeft > 0 && now >= peer.NextProbe)
            {
                peer.ProbesLeft--;
                peer.NextProbe = now + peer.ProbeDistance;
                var parts = Describe(now);
                foreach (var path in peer.Paths)
                {
                    Add(path, parts, HelloLayout.RequestFlag, now);
                }
            }
        }

        _ports.ForEach(Flush);
    }

    /// <summary>Writes the next HELLO, in as many datagrams as it takes.</summary>
    /// <returns>Their number.</returns>
    private int Describe(long now)
    {
        var time = ToTime(now);
        var isSigned = _settings!.Authentication.SendKey is not null;
        var header = new HelloHeader { NodeId = _nodeId, Incarnation = _incarnation, Sequence = ++_sequence };
        var heard = DescribeHeard(time);
        var count = 0;
        var next = 0;
        do
        {
            if (count == _parts.Count)
            {
                _parts.Add((new byte[HelloLayout.LongestDatagram], 0));
            }

            var writer = new HelloWriter(_parts[count].Bytes, isSigned);
            writer.Begin(header with { Part = (byte)count }, heard);
            while (next < _groups.Count && writer.TryAdd(_groups[next].NameBytes, _groups[next].Core.Describe(_sequence, time)))
            {
                next++;
            }

            _parts[count] = (_parts[count].Bytes, writer.Finish());
            count++;
        }
        while (next < _groups.Count);
        return count;
    }

    private ImmutableArray<HeardPeer> DescribeHeard(TimeSpan now)
    {
        var deadMan = _settings!.Interval * _settings.Multiplier;
        var heard = ImmutableArray.CreateBuilder<HeardPeer>(_peers.Count);
        foreach (var peer in _peers)
        {
            foreach (var path in peer.Paths)
            {
                if (path.LastHeard is { } last && last + deadMan > now)
                {
                    heard.Add(new HeardPeer(peer.Id, peer.Incarnation, peer.Highest));
                    break;
                }
            }
        }

        return heard.DrainToImmutable();
    }

    private void Add(HelloPath path, int parts, byte flags, long now)
    {
        if (path.InterfaceIndex < 0)
        {
            Fail(path, Errno.ENODEV, now);
            return;
        }

        var port = PortOf(path);
        var (echo, delay) = path is { LastSequence: > 0, LastHeard: { } last } ? (path.LastSequence, ToTime(now) - last) : (0, TimeSpan.Zero);
        var target = new DatagramTarget(path.Address, HelloPort.Number, path.Local, path.InterfaceIndex);
        path.NoteSent(_sequence, now);
        for (var i = 0; i < parts; i++)
        {
            var (bytes, length) = _parts[i];
            bytes.AsSpan(0, length).CopyTo(_datagram);
            var whole = HelloWriter.Complete(_datagram, length, flags, echo, delay, _settings!.Authentication.SendKey, WallClock.Now);
            if (port.Outgoing.Count == port.Outgoing.Capacity)
            {
                Flush(port);
            }

            port.Outgoing.TryAdd(target, _datagram.AsSpan(0, whole));
            port.OutgoingPaths.Add(path);
        }
    }

    private HelloPort PortOf(HelloPath path)
    {
        foreach (var port in _ports)
        {
            if (port.Family == path.Address.Family)
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No port of the family of {path.Address} is open.");
    }

    private void Flush(HelloPort port)
    {
        if (port.Outgoing.Count == 0)
        {
            return;
        }

        var now = MonotonicClock.Nanoseconds;
        Counters.Sent += port.Peers.Send(port.Outgoing);
        for (var i = 0; i < port.OutgoingPaths.Count; i++)
        {
            var (path, error) = (port.OutgoingPaths[i], port.Outgoing.Error(i));
            if (error != 0)
            {
                Fail(path, error, now);
            }
            else if (path.SendError != 0)
            {
                path.SendError = 0;
                Tell(new EngineEvent { Alarm = HelloAlarm.SendFailed, IsOver = true, Path = path, Peer = path.Peer.Id });
            }
        }

        port.Outgoing.Clear();
        port.OutgoingPaths.Clear();
    }

    private void Fail(HelloPath path, int error, long now)
    {
        Counters.SendErrors++;
        path.SendErrors++;
        if (path.SendError != error)
        {
            path.SendError = error;
            Tell(new EngineEvent { Alarm = HelloAlarm.SendFailed, Path = path, Peer = path.Peer.Id, Number = error });
        }

        // The link may have been made anew, with another index.
        if (path.Settings.Interface is not null && now >= path.NextLook)
        {
            path.NextLook = now + LookInterval;
            Tell(new EngineEvent { Path = path });
        }
    }
}
