using Loxi.Bfd.Session;
using Loxi.Linux.Time;

namespace Loxi.Bfd.Transport;

/// <content>Receiving.</content>
internal sealed partial class BfdEngine
{
    // The Length field of a packet is one byte: what is beyond is never looked at.
    private const int LongestPacket = byte.MaxValue;
    private const int BatchSize = 64;
    private const int SampleSize = 16;
    private const long SampleInterval = 100_000_000;

    private readonly QueueReader _steady = new(BatchSize, LongestPacket);
    private readonly QueueReader _urgent = new(BatchSize, LongestPacket);
    private readonly QueueReader _others = new(SampleSize, LongestPacket);
    private ReadLimit _strangers;
    private bool _areStrangersHeld;
    private long _nextSample;

    /// <summary>Hands over what has arrived.</summary>
    private void ReceiveReady(in ClockReading now)
    {
        var isSampleDue = now.Monotonic >= _nextSample;
        if (_areStrangersHeld && now.Monotonic >= _strangers.NextAt)
        {
            HoldStrangers(false);
        }

        ReceiveEchoes(now);
        foreach (var port in _ports)
        {
            Drain(port, now);
            if (!_areStrangersHeld && Poller.IsReady(port.Strangers.Socket))
            {
                _strangers.Take(ReadSome(port, port.Strangers, now), now.Monotonic);
                if (_strangers.NextAt > now.Monotonic)
                {
                    HoldStrangers(true);
                }
            }

            if (isSampleDue)
            {
                _nextSample = now.Monotonic + SampleInterval;
                ReadSome(port, port.Refused, now);
            }
        }
    }

    /// <summary>Hands over every packet that has arrived by now, and looks for losses: what comes before a session is declared down.</summary>
    private ClockReading DrainAll()
    {
        var now = ClockReading.Now();
        foreach (var port in _ports)
        {
            Drain(port, now);
            if (port.Steady.TakeDropped(port.Steady.Socket.ReadMemory().Dropped) | port.Urgent.TakeDropped(port.Urgent.Socket.ReadMemory().Dropped))
            {
                Forgive(port, now.Monotonic);
            }
        }

        ReceiveEchoes(now);
        ForgiveLostEchoes(now.Monotonic);
        return now;
    }

    /// <summary>
    /// Hands over the packets to known discriminators of both sockets in the order of their arrival: an old Down that is taken after a new Up would
    /// end a session. The urgent socket is read after the steady one, so that nothing is missing between what was read of that.
    /// </summary>
    private void Drain(ReceivePort port, in ClockReading now)
    {
        var hasLost = _steady.Start(port.Steady, now) | _urgent.Start(port.Urgent, now);
        while (true)
        {
            if (hasLost)
            {
                // Before the packets that came after the loss.
                Forgive(port, now.Monotonic);
                hasLost = false;
            }

            if (_steady.IsAtEnd && _steady.MayHaveMore)
            {
                hasLost = _steady.Fill() | (_urgent.IsAtEnd && _urgent.Fill());
            }
            else if (_urgent.IsAtEnd && _urgent.MayHaveMore)
            {
                hasLost = _urgent.Fill();
            }
            else if (!_steady.IsAtEnd && (_urgent.IsAtEnd || _steady.NextStamp <= _urgent.NextStamp))
            {
                HandOver(port, _steady, now.Monotonic, mayBeOutdated: false);
            }
            else if (!_urgent.IsAtEnd)
            {
                HandOver(port, _urgent, now.Monotonic, mayBeOutdated: false);
            }
            else
            {
                return;
            }
        }
    }

    private int ReadSome(ReceivePort port, ReceiveQueue queue, in ClockReading now)
    {
        _others.Start(queue, now);
        var count = 0;
        for (; !_others.IsAtEnd; count++)
        {
            HandOver(port, _others, now.Monotonic, mayBeOutdated: true);
        }

        return count;
    }

    private void HandOver(ReceivePort port, QueueReader reader, long now, bool mayBeOutdated)
    {
        ref readonly var info = ref reader.Take(out var payload, out var arrival);
        var datagram = new BfdDatagram
        {
            Payload = payload,
            Channel = port.Channel,
            Source = info.Source,
            Destination = info.Destination,
            InterfaceIndex = info.InterfaceIndex,
            Ttl = info.Ttl,
            Arrival = arrival,
            MayBeOutdated = mayBeOutdated,
        };
        Counters.Received++;
        var step = _table.Receive(datagram, now, _transmit, out var session);
        if (session is not null)
        {
            var one = _sessions[session];
            Handle(one, step);
            if (one.IsLeaving)
            {
                HearLeaving(one, step, now);
            }
        }
    }

    /// <summary>
    /// A buffer was full: what the peers sent may be among what was lost, and is never taken for silence. Who can fill these sockets is on the path
    /// and knows a discriminator, and could as well have forged the peer's packets.
    /// </summary>
    private void Forgive(ReceivePort port, long now)
    {
        foreach (var session in port.Sessions)
        {
            session.Session.ForgiveSilence(now);
            _heap.Update(session, session.Session.Deadline);
        }

        Tell(new EngineEvent(EngineEventKind.Overflow) { Port = port, Number = port.Lost });
    }

    private void HoldStrangers(bool held)
    {
        _areStrangersHeld = held;
        foreach (var port in _ports)
        {
            Poller.Watch(port.Strangers.Socket, !held);
        }
    }
}
