using Loxi.Bfd.Session;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;

namespace Loxi.Bfd.Transport;

/// <content>Receiving.</content>
internal sealed partial class BfdEngine
{
    // The Length field of a packet is one byte: what is beyond is never looked at.
    private const int LongestPacket = byte.MaxValue;
    private const int BatchSize = 64;
    private const int StrangerBatchSize = 16;

    // Four times what the largest buffer holds of half a second of 500 sessions at 3 ms: a flood must not keep the thread from sending.
    private const int MostBatches = 8192;
    private const long SampleInterval = 100_000_000;

    private readonly DatagramReceiveBatch _batch = new(BatchSize, LongestPacket);
    private readonly DatagramReceiveBatch _strangerBatch = new(StrangerBatchSize, LongestPacket);
    private StrangerLimit _strangers;
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

        foreach (var port in _ports)
        {
            Drain(port, port.Steady, now);
            if (_poller.IsReady(port.Urgent.Socket))
            {
                Drain(port, port.Urgent, now);
            }

            if (!_areStrangersHeld && _poller.IsReady(port.Strangers.Socket))
            {
                ReadStrangers(port, now);
            }

            if (isSampleDue)
            {
                _nextSample = now.Monotonic + SampleInterval;
                Read(port, port.Refused, _strangerBatch, now);
            }
        }
    }

    /// <summary>Hands over every packet that has arrived by now, and looks for losses: what comes before a session is declared down.</summary>
    private ClockReading DrainAll()
    {
        var now = ClockReading.Now();
        foreach (var port in _ports)
        {
            Drain(port, port.Steady, now);
            Drain(port, port.Urgent, now);
            if (port.Steady.TakeDropped(port.Steady.Socket.ReadMemory().Dropped) | port.Urgent.TakeDropped(port.Urgent.Socket.ReadMemory().Dropped))
            {
                Forgive(port, now.Monotonic);
            }
        }

        return now;
    }

    private void Drain(ReceivePort port, ReceiveQueue queue, in ClockReading now)
    {
        queue.Begin(now);
        for (var i = 0; i < MostBatches; i++)
        {
            var count = queue.Socket.Receive(_batch);
            if (count == 0)
            {
                queue.IsEmpty = true;
                return;
            }

            if (queue.TakeDropped(_batch.Dropped))
            {
                Forgive(port, now.Monotonic);
            }

            HandOver(port, queue, _batch, now.Monotonic);
            if (count < BatchSize)
            {
                queue.IsEmpty = true;
                return;
            }

            if (_batch[count - 1].TimestampNanoseconds > now.Realtime)
            {
                return; // the rest has come since
            }
        }
    }

    private void ReadStrangers(ReceivePort port, in ClockReading now)
    {
        _strangers.Take(Read(port, port.Strangers, _strangerBatch, now), now.Monotonic);
        if (_strangers.NextAt > now.Monotonic)
        {
            HoldStrangers(true);
        }
    }

    private int Read(ReceivePort port, ReceiveQueue queue, DatagramReceiveBatch batch, in ClockReading now)
    {
        queue.Begin(now);
        var count = queue.Socket.Receive(batch);
        HandOver(port, queue, batch, now.Monotonic);
        queue.IsEmpty = count < batch.Capacity;
        return count;
    }

    private void HandOver(ReceivePort port, ReceiveQueue queue, DatagramReceiveBatch batch, long now)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            ref readonly var info = ref batch[i];
            var datagram = new BfdDatagram
            {
                Payload = batch.Payload(i),
                Channel = port.Channel,
                Source = info.Source,
                Destination = info.Destination,
                InterfaceIndex = info.InterfaceIndex,
                Ttl = info.Ttl,
                Arrival = queue.Times.ToMonotonic(info.TimestampNanoseconds),
            };
            var step = _table.Receive(datagram, now, _transmit, out var session);
            if (session is not null)
            {
                Handle(_sessions[session], step);
            }
        }

        Counters.Received += batch.Count;
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

        Tell(new EngineEvent(EngineEventKind.Overflow) { Port = port, Number = port.Steady.Dropped + port.Urgent.Dropped });
    }

    private void HoldStrangers(bool held)
    {
        _areStrangersHeld = held;
        foreach (var port in _ports)
        {
            _poller.Watch(port.Strangers.Socket, !held);
        }
    }
}
