using System.Net;
using Loxi.Bfd.Session;
using Loxi.Bfd.Wire;

namespace Loxi.Bfd.Tests.Simulation;

/// <summary>One side: a session, a clock that started at another time, and a socket in which packets wait while the process is stopped.</summary>
internal sealed class Node
{
    private readonly byte[] _transmit = new byte[BfdSession.TransmitLength];
    private readonly Queue<(long Arrival, byte[] Bytes)> _socket = [];
    private readonly IPAddress _peer;
    private readonly IPAddress _self;
    private readonly long _offset;

    public Node(string name, BfdSessionSettings settings, int seed, long offset)
    {
        Name = name;
        _peer = settings.PeerAddress;
        _self = settings.LocalAddress!;
        _offset = offset;
        Table = new BfdSessionTable(new Random(seed));
        Session = Table.Add(settings, default, 0, offset);
    }

    public string Name { get; }

    public BfdSessionTable Table { get; }

    public BfdSession Session { get; }

    public bool IsStopped { get; private set; }

    /// <summary>When it has something to do, in the time of the simulation.</summary>
    public long NextAt => IsStopped || Session.Deadline == long.MaxValue ? long.MaxValue : Session.Deadline - _offset;

    /// <summary>Called with what it sends.</summary>
    public Action<byte[]> Send { get; set; } = static _ => { };

    public List<BfdTransition> Transitions { get; } = [];

    public List<long> Arrivals { get; } = [];

    public List<(long Time, BfdControlPacket Packet)> Sent { get; } = [];

    public void Stop() => IsStopped = true;

    public void Continue(long time)
    {
        IsStopped = false;
        Work(time);
    }

    public void Arrive(long time, byte[] bytes)
    {
        _socket.Enqueue((time, bytes));
        if (!IsStopped)
        {
            Drain(time);
        }
    }

    public void Do(long time, Func<BfdSession, long, byte[], BfdStep> action) => Take(time, action(Session, time + _offset, _transmit));

    /// <summary>A tick, and what the contract asks for when a session seems to be gone.</summary>
    public void Work(long time)
    {
        for (var i = 0; ; i++)
        {
            if (i == 20)
            {
                throw new InvalidOperationException($"{Name} has always something to do at {time}: {Session.GetStatus()}");
            }

            var step = Session.Tick(time + _offset, drained: false, _transmit);
            Take(time, step);
            if (step.DrainNeeded)
            {
                Drain(time);
                Take(time, Session.Tick(time + _offset, drained: true, _transmit));
            }

            if (Session.Deadline > time + _offset)
            {
                break;
            }
        }

        Drain(time);
    }

    private void Drain(long time)
    {
        while (_socket.TryDequeue(out var packet))
        {
            var datagram = new BfdDatagram
            {
                Payload = packet.Bytes,
                Source = _peer,
                Destination = _self,
                Ttl = 255,
                Arrival = packet.Arrival + _offset,
            };
            var step = Table.Receive(datagram, time + _offset, _transmit, out _);
            if (step.Discard == BfdDiscardReason.None)
            {
                Arrivals.Add(packet.Arrival);
            }

            Take(time, step);
        }
    }

    private void Take(long time, BfdStep step)
    {
        while (Transitions.Count < Session.TransitionCount)
        {
            Transitions.Add(Session.GetTransition(Transitions.Count) with { Time = time });
        }

        if (step.Transmission != BfdTransmission.Control)
        {
            return;
        }

        var bytes = _transmit[..step.Length];
        var reason = BfdControlCodec.Read(bytes, out var packet);
        if (reason != BfdDiscardReason.None || (packet.Poll && packet.Final) || (packet.Demand && packet.State != BfdState.Up))
        {
            throw new InvalidOperationException($"{Name} sends {packet}, {reason}");
        }

        Sent.Add((time, packet));
        Send(bytes);
    }
}
