using System.Net.Sockets;
using Loxi.Bfd.Session;
using Loxi.Linux;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Bfd.Transport;

/// <content>Echo packets: ours out and back, and those of peers that want them returned (RFC 5881 4, RFC 9747).</content>
internal sealed partial class BfdEngine
{
    private readonly List<EchoLink> _echoLinks = [];
    private readonly List<EchoPort> _echoPorts = [];
    private readonly DatagramReceiveBatch _echoes = new(SampleSize, LongestPacket);
    private readonly DatagramSendBatch _returns = new(SampleSize, LongestPacket);
    private ReadLimit _echoLimit;
    private bool _areEchoesHeld;

    /// <summary>Gives a session the way of its echo packets, or takes it away.</summary>
    /// <param name="session">The session.</param>
    /// <param name="path">The way; null when it is not known.</param>
    /// <param name="opened">The link of the way, when it is not among <see cref="EchoLinks"/>.</param>
    /// <param name="now">The time.</param>
    /// <returns>Links that no session needs any more, for the caller to close.</returns>
    public IReadOnlyList<EchoLink> SetEchoPath(EngineSession session, EchoPath? path, EchoLink? opened, long now)
    {
        if (opened is not null)
        {
            _echoLinks.Add(opened);
        }

        session.EchoPath = path;
        session.EchoLink = path is null ? null : _echoLinks.Find(link => link.InterfaceIndex == path.InterfaceIndex);
        Handle(session, session.Session.SetEchoPossible(session.EchoLink is not null, now, _transmit));
        return TakeUnusedEchoLinks();
    }

    /// <summary>The links that are open, for whoever looks on the engine's thread.</summary>
    public IReadOnlyList<EchoLink> EchoLinks => _echoLinks;

    private EchoLink[] TakeUnusedEchoLinks()
    {
        EchoLink[] unused = [.. _echoLinks.Where(link => _sessions.Values.All(session => session.EchoLink != link))];
        _echoLinks.RemoveAll(unused.Contains);
        return unused;
    }

    private void SendEcho(EngineSession session, ReadOnlySpan<byte> payload)
    {
        if (session.EchoLink is { } link && session.EchoPath is { } path)
        {
            Note(session, link.TrySend(path, session.Transmit.Port, payload, out var error), error);
        }
        else
        {
            Note(session, false, Errno.EHOSTUNREACH);
        }
    }

    private void ReceiveEchoes(in ClockReading now)
    {
        foreach (var link in _echoLinks)
        {
            link.Begin(now);
            while (link.TryReceive(out var frame, out var arrival))
            {
                HandOverEcho(link, frame, arrival, now.Monotonic);
            }
        }

        if (_areEchoesHeld && now.Monotonic >= _echoLimit.NextAt)
        {
            HoldEchoes(false);
        }

        foreach (var port in _echoPorts)
        {
            if (!_areEchoesHeld && Poller.IsReady(port.Socket))
            {
                ReturnEchoes(port, now);
            }
        }
    }

    private void HandOverEcho(EchoLink link, ReadOnlySpan<byte> frame, long arrival, long now)
    {
        // Ours go from our address to it. What others send to us comes to the port.
        if (!EchoFrame.TryRead(frame, out var payload, out var source, out var destination, out var ttl) || source != destination)
        {
            return;
        }

        Counters.Received++;
        var datagram = new BfdDatagram
        {
            Payload = payload,
            Channel = BfdChannel.Echo,
            Source = source,
            Destination = destination,
            InterfaceIndex = link.InterfaceIndex,
            Ttl = ttl,
            Arrival = arrival,
        };
        var step = _table.Receive(datagram, now, _transmit, out var session);
        if (session is not null)
        {
            Handle(_sessions[session], step);
        }
    }

    private void ReturnEchoes(EchoPort port, in ClockReading now)
    {
        port.Queue.Begin(now);
        var count = port.Socket.Receive(_echoes);
        port.Queue.IsEmpty = count < _echoes.Capacity;
        _returns.Clear();
        for (var i = 0; i < count; i++)
        {
            ReturnEcho(port, i, now.Monotonic);
        }

        port.Socket.Send(_returns);
        _echoLimit.Take(count, now.Monotonic);
        if (_echoLimit.NextAt > now.Monotonic)
        {
            HoldEchoes(true);
        }
    }

    private void ReturnEcho(EchoPort port, int index, long now)
    {
        ref readonly var info = ref _echoes[index];
        if (info.Source == info.Destination)
        {
            return; // One of ours: its frame was taken from the link.
        }

        Counters.Received++;
        var datagram = new BfdDatagram
        {
            Payload = _echoes.Payload(index),
            Channel = BfdChannel.Echo,
            Source = info.Source,
            Destination = info.Destination,
            InterfaceIndex = info.InterfaceIndex,
            Ttl = info.Ttl,
            Arrival = port.Queue.Times.ToMonotonic(info.TimestampNanoseconds),
        };
        var step = _table.Receive(datagram, now, _transmit, out var session);
        if (step.Transmission == BfdTransmission.EchoReturn)
        {
            // As if it had been forwarded: one hop less.
            _returns.TryAdd(new DatagramTarget(info.Source, info.SourcePort, info.Destination, info.InterfaceIndex, info.Ttl - 1), datagram.Payload);
            Counters.Sent++;
        }

        if (session is not null)
        {
            Handle(_sessions[session], step);
        }
    }

    private void ForgiveLostEchoes(long now)
    {
        foreach (var link in _echoLinks)
        {
            if (!link.TakeDropped())
            {
                continue;
            }

            foreach (var session in _sessions.Values)
            {
                if (session.EchoLink == link)
                {
                    session.Session.ForgiveLostEchoes(now);
                    _heap.Update(session, session.Session.Deadline);
                }
            }
        }
    }

    private void ApplyEchoPorts(EnginePlan plan)
    {
        foreach (var port in plan.NewEchoPorts)
        {
            _echoPorts.Add(port);
            Poller.Add(port.Socket);
        }

        foreach (var port in plan.ClosedEchoPorts)
        {
            _echoPorts.Remove(port);
            Poller.Remove(port.Socket);
        }

        var wanted = _sessions.Keys.Where(static s => s.Settings.RequiredMinEchoRxInterval != TimeSpan.Zero)
            .Sum(static s => TimeSpan.FromSeconds(1) / s.Settings.RequiredMinEchoRxInterval * 4 / 3);
        _echoLimit.Set(LeastEchoesPerSecond + (int)Math.Min(wanted, MostEchoesPerSecond), LeastEchoesPerSecond);
        HoldEchoes(_areEchoesHeld);
    }

    private void HoldEchoes(bool held)
    {
        _areEchoesHeld = held;
        foreach (var port in _echoPorts)
        {
            Poller.Watch(port.Socket, !held);
        }
    }

    private const int LeastEchoesPerSecond = 200;
    private const int MostEchoesPerSecond = 1_000_000;
}
