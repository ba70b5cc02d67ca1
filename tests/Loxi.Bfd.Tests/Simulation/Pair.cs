using System.Net;

namespace Loxi.Bfd.Tests.Simulation;

/// <summary>Two nodes, a network between them and a time that only the simulation moves: all from one seed.</summary>
internal sealed class Pair
{
    public const long Second = 1_000_000_000;
    public const long Millisecond = 1_000_000;

    public static readonly IPAddress FirstAddress = IPAddress.Parse("192.0.2.1");
    public static readonly IPAddress SecondAddress = IPAddress.Parse("192.0.2.2");

    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private long _order;

    public Pair(int seed, Func<BfdSessionSettings, BfdSessionSettings>? first = null, Func<BfdSessionSettings, BfdSessionSettings>? second = null)
    {
        Random = new Random(seed);
        First = new Node("first", (first ?? (s => s))(Settings(SecondAddress, FirstAddress)), seed * 2, Random.NextInt64(1, 1L << 50));
        Other = new Node("second", (second ?? (s => s))(Settings(FirstAddress, SecondAddress)), (seed * 2) + 1, Random.NextInt64(1, 1L << 50));
        First.Send = bytes => Carry(bytes, Other, Network.CutToSecond);
        Other.Send = bytes => Carry(bytes, First, Network.CutToFirst);
    }

    public Random Random { get; }

    public Node First { get; }

    public Node Other { get; }

    public IEnumerable<Node> Nodes => [First, Other];

    public Network Network { get; set; } = new();

    public long Time { get; private set; }

    public bool BothUp => First.Session.State == BfdState.Up && Other.Session.State == BfdState.Up;

    public void At(long time, Action action) => _events.Enqueue(action, (time, _order++));

    public void Run(long duration)
    {
        var end = Time + duration;
        while (true)
        {
            var nextEvent = _events.TryPeek(out _, out var due) ? due.Time : long.MaxValue;
            var next = Math.Min(nextEvent, Math.Min(First.NextAt, Other.NextAt));
            if (next > end)
            {
                break;
            }

            Time = Math.Max(Time, next);
            if (nextEvent <= Time)
            {
                _events.Dequeue()();
            }
            else
            {
                (First.NextAt <= Time ? First : Other).Work(Time);
            }
        }

        Time = end;
    }

    public bool RunUntil(Func<bool> condition, long limit)
    {
        for (var end = Time + limit; Time < end && !condition();)
        {
            Run(Millisecond);
        }

        return condition();
    }

    private static BfdSessionSettings Settings(IPAddress peer, IPAddress self) => new(peer)
    {
        LocalAddress = self,
        DesiredMinTxInterval = TimeSpan.FromMilliseconds(50),
        RequiredMinRxInterval = TimeSpan.FromMilliseconds(50),
    };

    private void Carry(byte[] bytes, Node to, bool cut)
    {
        var copies = Random.NextDouble() < Network.Duplication ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            var lost = Random.NextDouble() < Network.Loss;
            var delay = Random.NextInt64(Network.LeastDelay, Network.GreatestDelay + 1);
            if (!lost && !cut)
            {
                At(Time + delay, () => to.Arrive(Time, bytes));
            }
        }
    }
}
