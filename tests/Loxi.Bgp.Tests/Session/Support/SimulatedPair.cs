using System.Net;
using Loxi.Bgp.Session;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Tests.Session.Support;

/// <summary>Two sessions and a network between them, by one clock and one seed: what is sent arrives later, in order; connections may fail.</summary>
internal sealed class SimulatedPair
{
    private readonly Random _random;
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private readonly Side[] _sides;
    private readonly Dictionary<int, Wire> _wires = [];
    private long _order;
    private int _lastWire;

    public SimulatedPair(int seed, uint firstAs, string firstId, uint secondAs, string secondId, Func<BgpPeerSettings, BgpPeerSettings>? configure = null)
    {
        _random = new Random(seed);
        _sides =
        [
            new Side(this, 0, firstAs, firstId, secondAs, configure),
            new Side(this, 1, secondAs, secondId, firstAs, configure),
        ];
    }

    public TimeSpan Now { get; private set; }

    public PeerSession First => _sides[0].Session;

    public PeerSession Second => _sides[1].Session;

    /// <summary>Chance that an attempt to connect fails.</summary>
    public double ConnectLoss { get; set; }

    public bool AreEstablished => First.State == BgpState.Established && Second.State == BgpState.Established && First.EstablishedConnection == Second.EstablishedConnection;

    /// <summary>Connections that neither side has closed.</summary>
    public int OpenWires => _wires.Values.Count(static wire => !wire.IsClosed[0] || !wire.IsClosed[1]);

    public void Start()
    {
        foreach (var side in _sides)
        {
            At(TimeSpan.FromMilliseconds(_random.Next(0, 5)), () => side.Do(side.Session.Start(Now)));
        }
    }

    /// <summary>Breaks all connections; each side notices in its own time.</summary>
    public void Break()
    {
        foreach (var (id, wire) in _wires)
        {
            foreach (var side in _sides)
            {
                if (!wire.IsClosed[side.Index])
                {
                    wire.IsBroken = true;
                    At(Latency(), () => side.Closed(id));
                }
            }
        }
    }

    public void Run(TimeSpan time)
    {
        var end = Now + time;
        while (_events.TryPeek(out _, out var next) && next.At <= end)
        {
            var action = _events.Dequeue();
            Now = next.At > Now ? next.At : Now;
            action();
        }

        Now = end;
    }

    private TimeSpan Latency() => TimeSpan.FromMilliseconds(0.1 + (_random.NextDouble() * 20));

    private void At(TimeSpan delay, Action action) => _events.Enqueue(action, (Now + delay, _order++));

    private sealed class Wire
    {
        public bool[] IsClosed { get; } = new bool[2];

        public bool IsBroken { get; set; }

        /// <summary>When the last thing that each side sent arrives: nothing overtakes.</summary>
        public TimeSpan[] Arrival { get; } = new TimeSpan[2];
    }

    private sealed class Side(SimulatedPair pair, int index, uint localAs, string identifier, uint remoteAs, Func<BgpPeerSettings, BgpPeerSettings>? configure)
    {
        private int _attempt;
        private TimeSpan _armed = TimeSpan.MaxValue;

        public int Index => index;

        public PeerSession Session { get; } = new(
            new BgpSpeakerSettings(localAs, IPAddress.Parse(identifier)),
            (configure ?? (static peer => peer))(new BgpPeerSettings(IPAddress.Parse(index == 0 ? "192.0.2.2" : "192.0.2.1"), remoteAs)),
            new Random(pair._random.Next()));

        private Side Other => pair._sides[1 - index];

        public void Do(ReadOnlySpan<SessionAction> actions)
        {
            foreach (var action in actions.ToArray())
            {
                Do(action);
            }

            Arm();
        }

        public void Closed(int id)
        {
            var wire = pair._wires[id];
            if (!wire.IsClosed[index])
            {
                Do(Session.Closed(id, "closed", pair.Now));
            }
        }

        private void Do(SessionAction action)
        {
            switch (action.Kind)
            {
                case SessionActionKind.Connect:
                    BeginConnect(++_attempt);
                    break;
                case SessionActionKind.AbortConnect:
                    _attempt++;
                    break;
                case SessionActionKind.SendOpen:
                    Send(action.Connection, id => Other.Session.OpenReceived(id, action.Open!, pair.Now));
                    break;
                case SessionActionKind.SendKeepalive:
                    Send(action.Connection, id => Other.Session.KeepaliveReceived(id, pair.Now));
                    Session.Sent(action.Connection, pair.Now);
                    break;
                case SessionActionKind.SendNotification:
                    var message = new NotificationMessage(action.Notification!.Code, action.Notification.Subcode);
                    Send(action.Connection, id => Other.Session.NotificationReceived(id, message, pair.Now));
                    break;
                case SessionActionKind.Close:
                    pair._wires[action.Connection].IsClosed[index] = true;
                    Send(action.Connection, id => Other.Session.Closed(id, "closed", pair.Now), evenClosed: true);
                    break;
            }
        }

        private delegate ReadOnlySpan<SessionAction> Delivery(int connection);

        private void Send(int id, Delivery deliver, bool evenClosed = false)
        {
            var wire = pair._wires[id];
            if (wire.IsBroken || (wire.IsClosed[index] && !evenClosed))
            {
                return;
            }

            var arrival = pair.Now + pair.Latency();
            wire.Arrival[index] = arrival > wire.Arrival[index] ? arrival : wire.Arrival[index];
            pair.At(wire.Arrival[index] - pair.Now, () =>
            {
                if (!wire.IsClosed[Other.Index] && !wire.IsBroken)
                {
                    Other.Do(deliver(id));
                }
            });
        }

        private void BeginConnect(int attempt)
        {
            var isLost = pair._random.NextDouble() < pair.ConnectLoss;
            pair.At(pair.Latency(), () =>
            {
                if (attempt != _attempt)
                {
                    return;
                }

                if (isLost)
                {
                    Do(Session.ConnectFailed("lost", pair.Now));
                    return;
                }

                var id = ++pair._lastWire;
                pair._wires[id] = new Wire();
                pair.At(pair.Latency(), () => Other.Do(Other.Session.Accepted(id, pair.Now)));
                // What is sent to the other side comes after it has taken the connection.
                pair._wires[id].Arrival[index] = pair.Now + TimeSpan.FromMilliseconds(21);
                Do(Session.Connected(id, pair.Now));
            });
        }

        private void Arm()
        {
            var deadline = Session.Deadline;
            if (deadline == TimeSpan.MaxValue || deadline == _armed)
            {
                return;
            }

            _armed = deadline;
            pair.At(deadline > pair.Now ? deadline - pair.Now : TimeSpan.Zero, () =>
            {
                _armed = TimeSpan.MaxValue;
                Do(Session.Tick(pair.Now));
            });
        }
    }
}
