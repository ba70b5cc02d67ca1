using System.Collections.Immutable;

namespace Loxi.Sim;

/// <summary>One run: a cluster, its network and what is done to it. Times in ticks of 100 ns.</summary>
internal sealed record Scenario
{
    /// <summary>Changes when the same seed means another run.</summary>
    public const int Version = 1;

    public required ulong Seed { get; init; }

    public required int Nodes { get; init; }

    public required int Paths { get; init; }

    /// <summary>The interval h.</summary>
    public required long Interval { get; init; }

    /// <summary>R9 is on.</summary>
    public bool Damping { get; init; }

    /// <summary>R10 is on.</summary>
    public bool Witness { get; init; }

    /// <summary>BFD runs on every path.</summary>
    public bool Bfd { get; init; }

    public long LeastDelay { get; init; } = TimeSpan.TicksPerMillisecond / 10;

    public long MostDelay { get; init; } = TimeSpan.TicksPerMillisecond / 2;

    /// <summary>Messages that come twice, of 1000.</summary>
    public int Duplicates { get; init; }

    /// <summary>By how much a thread may be late.</summary>
    public long Lateness { get; init; }

    /// <summary>By how much clocks run fast or slow, in millionths.</summary>
    public int Drift { get; init; }

    /// <summary>How many HELLOs wait for a node that stands still; later ones are lost.</summary>
    public int Buffer { get; init; } = 256;

    /// <summary>When everything heals.</summary>
    public required long HealAt { get; init; }

    /// <summary>When the run ends.</summary>
    public required long End { get; init; }

    public required ImmutableArray<Fault> Faults { get; init; }

    /// <summary>The scenario of a seed: 60 s at an interval of 100 ms, the last 10 s healed.</summary>
    public static Scenario Of(ulong seed)
    {
        const long ms = TimeSpan.TicksPerMillisecond;
        var random = SimRandom.For(seed, 0);
        var interval = random.Below(10) switch { 0 => 50 * ms, 1 => 700 * ms, 2 => 200 * ms, _ => 100 * ms };
        var scenario = new Scenario
        {
            Seed = seed,
            Nodes = random.Below(10) switch { < 5 => 2, < 9 => 3, _ => 4 },
            Paths = random.Below(3) == 0 ? 1 : 2,
            Interval = interval,
            Damping = random.Chance(400),
            Witness = random.Chance(80),
            Bfd = random.Chance(400),
            LeastDelay = random.Between(1, 5) * ms / 10,
            MostDelay = random.Between(1, 12) * interval / 100,
            Duplicates = random.Chance(500) ? random.Below(100) : 0,
            Lateness = random.Between(0, 8) * interval / 100,
            Drift = random.Below(200),
            Buffer = random.Chance(300) ? (int)random.Between(4, 64) : 256,
            HealAt = 500 * interval,
            End = Math.Max(600 * interval, (500 * interval) + (16_000 * ms)),
            Faults = [],
        };
        return scenario with { Faults = Script(scenario, ref random) };
    }

    public TimeSpan IntervalTime => TimeSpan.FromTicks(Interval);

    public string Describe() => $"seed {Seed}: {Nodes} nodes, {Paths} path(s), interval {Interval / TimeSpan.TicksPerMillisecond} ms, delay {LeastDelay / 10}-{MostDelay / 10} us, {Duplicates / 10.0:0.#} % twice, "
        + $"threads late by {Lateness / 10} us, clocks off by {Drift} ppm{(Damping ? ", damping" : "")}{(Bfd ? ", BFD" : "")}{(Witness ? ", witness" : "")}, buffer {Buffer}";

    private static ImmutableArray<Fault> Script(Scenario s, ref SimRandom random)
    {
        // Some runs are crowded, some have one fault alone with time to settle.
        var count = random.Below(4) switch { 0 => random.Between(1, 3), 1 => random.Between(3, 8), 2 => random.Between(6, 16), _ => random.Between(12, 30) };
        var gentle = random.Chance(400);
        var faults = new List<Fault>();
        for (var k = 0; k < count; k++)
        {
            var kind = random.Below(100) switch
            {
                < 9 => FaultKind.Crash,
                < 17 => FaultKind.Kill,
                < 20 => FaultKind.Stop,
                < 32 => FaultKind.Pause,
                < 35 => FaultKind.Slow,
                < 45 => FaultKind.CutOneWay,
                < 51 => FaultKind.Cut,
                < 55 => FaultKind.Mute,
                < 59 => FaultKind.Deaf,
                < 63 => FaultKind.Isolate,
                < 67 => FaultKind.Loss,
                < 69 => FaultKind.Delay,
                < 73 => FaultKind.DiskFails,
                < 75 => FaultKind.DiskStalls,
                < 81 => FaultKind.Tracked,
                < 83 => FaultKind.Unready,
                < 87 => FaultKind.Switchover,
                < 90 => FaultKind.PostMaster,
                < 93 => FaultKind.Pin,
                < 95 => FaultKind.WallStep,
                < 97 => FaultKind.BfdLies,
                < 98 => FaultKind.ThirdHost,
                _ => s.Witness ? FaultKind.WitnessCut : FaultKind.Pause,
            };
            var at = random.Between(5 * s.Interval, s.HealAt - s.Interval);
            var node = random.Below(s.Nodes);
            var peer = (node + 1 + random.Below(s.Nodes - 1)) % s.Nodes;
            // Times about the deadlines of the rules are where they break.
            var length = gentle ? random.Between(20 * s.Interval, 80 * s.Interval)
                : random.Below(3) switch { 0 => random.Between(s.Interval / 2, 6 * s.Interval), 1 => random.Between(3 * s.Interval, 20 * s.Interval), _ => random.Between(10 * s.Interval, 80 * s.Interval) };
            var mask = random.Chance(650) ? (1 << s.Paths) - 1 : 1 << random.Below(s.Paths);
            var value = kind switch
            {
                FaultKind.Loss => (int)random.Between(10, 400),
                FaultKind.Delay => (int)random.Between(20, 6 * s.Interval / TimeSpan.TicksPerMillisecond),
                FaultKind.Slow => (int)random.Between(10, 4 * s.Interval / TimeSpan.TicksPerMillisecond),
                FaultKind.Tracked => random.Below(2),
                FaultKind.WallStep => random.Chance(500) ? 3600 : -3600,
                FaultKind.BfdLies => random.Below(s.Paths),
                _ => mask,
            };
            if (kind is FaultKind.Switchover or FaultKind.PostMaster or FaultKind.WallStep or FaultKind.BfdLies)
            {
                length = 0;
            }

            faults.Add(new Fault(at, kind, node, peer, value, length));
        }

        return [.. faults.OrderBy(static f => f.At)];
    }
}
