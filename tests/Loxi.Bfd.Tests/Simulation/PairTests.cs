using FluentAssertions;
using Loxi.Bfd.Session;
using Xunit;

namespace Loxi.Bfd.Tests.Simulation;

/// <summary>Two of our sessions under a simulated clock and network: what real peers cannot be made to do. Every failure names its seed.</summary>
public sealed class PairTests
{
    private const int Seeds = 50;

    private static BfdSessionSettings Vary(BfdSessionSettings settings, Random random) => settings with
    {
        DesiredMinTxInterval = TimeSpan.FromMilliseconds(random.Next(3, 200)),
        RequiredMinRxInterval = TimeSpan.FromMilliseconds(random.Next(3, 200)),
        DetectMult = random.Next(1, 6),
        Authentication = null,
    };

    private static Pair Make(int seed, BfdAuthentication? authentication = null)
    {
        var random = new Random(seed);
        return new Pair(seed, s => Vary(s, random) with { Authentication = authentication }, s => Vary(s, random) with { Authentication = authentication });
    }

    private static BfdAuthentication? Authentication(int seed) => (seed % 6) switch
    {
        0 => null,
        var type => Support.Keys.Of((BfdAuthenticationType)type, (1, "secret")),
    };

    private static void MustComeUp(Pair pair, int seed, long limit = 8 * Pair.Second) =>
        pair.RunUntil(() => pair.BothUp, limit).Should().BeTrue($"seed {seed}: the network is good, {pair.First.Session.State} {pair.Other.Session.State}");

    private static void MustBeNegotiated(Pair pair, int seed)
    {
        foreach (var (one, other) in new[] { (pair.First.Session, pair.Other.Session), (pair.Other.Session, pair.First.Session) })
        {
            one.PollActive.Should().BeFalse($"seed {seed}");
            one.TransmitInterval.Should().Be(Max(one.Settings.DesiredMinTxInterval, other.Settings.RequiredMinRxInterval), $"seed {seed}");
            one.DetectionTime.Should().Be(other.Settings.DetectMult * Max(one.Settings.RequiredMinRxInterval, other.Settings.DesiredMinTxInterval), $"seed {seed}");
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <summary>Nobody is declared dead while his packets arrive: between the last of them and the verdict lies the detection time at least.</summary>
    private static void NobodyWasDeclaredDeadTooEarly(Pair pair, int seed)
    {
        foreach (var node in pair.Nodes)
        {
            foreach (var down in node.Transitions.Where(t => t.Cause == BfdTransitionCause.DetectionTimeExpired))
            {
                var expired = down.Time - down.LateBy;
                var last = node.Arrivals.Where(a => a <= expired).DefaultIfEmpty(long.MinValue).Max();
                (expired - last).Should().BeGreaterThanOrEqualTo(3 * Pair.Millisecond, $"seed {seed}: {node.Name} heard its peer at {last} and took it for dead at {expired}");
            }
        }
    }

    [Fact]
    public void GoodNetwork_ComesUpNegotiatesAndStaysUp()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var pair = Make(seed, Authentication(seed));
            MustComeUp(pair, seed);
            pair.Run(30 * Pair.Second);
            pair.BothUp.Should().BeTrue($"seed {seed}");
            pair.Nodes.Should().OnlyContain(n => n.Transitions.Count == n.Transitions.Count(t => t.To != BfdState.Down), $"seed {seed}: nothing went down");
            MustBeNegotiated(pair, seed);
        }
    }

    [Fact]
    public void GoodNetwork_IntervalsAreThoseThatWereNegotiated()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var pair = Make(seed);
            MustComeUp(pair, seed);
            pair.Run(3 * Pair.Second);
            foreach (var node in pair.Nodes)
            {
                node.Sent.Clear();
            }

            pair.Run(5 * Pair.Second);
            foreach (var node in pair.Nodes)
            {
                var interval = node.Session.TransmitInterval.TotalMilliseconds;
                var most = node.Session.Settings.DetectMult == 1 ? 0.9 : 1;
                var gaps = node.Sent.Skip(1).Zip(node.Sent, (a, b) => (a.Time - b.Time) / 1e6).ToArray();
                gaps.Should().HaveCountGreaterThan(20).And.OnlyContain(g => g >= (0.75 * interval) - 0.001 && g <= (most * interval) + 0.001, $"seed {seed}");
            }
        }
    }

    [Fact]
    public void LossDelayReorderingDuplication_ThenAGoodNetwork_ComesUpAndStaysUp()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var pair = Make(seed, Authentication(seed));
            pair.Network = new Network
            {
                Loss = pair.Random.NextDouble() * 0.5,
                Duplication = pair.Random.NextDouble() * 0.3,
                LeastDelay = 10_000,
                GreatestDelay = pair.Random.NextInt64(10_000, 300 * Pair.Millisecond),
            };
            pair.Run(20 * Pair.Second);
            pair.Network = new Network();
            // What is still on its way, and twice the longest detection time for sequence numbers (RFC 5880 6.8.1).
            pair.Run(12 * Pair.Second);
            MustComeUp(pair, seed);
            var transitions = pair.Nodes.Sum(n => n.Transitions.Count);
            pair.Run(20 * Pair.Second);
            pair.Nodes.Sum(n => n.Transitions.Count).Should().Be(transitions, $"seed {seed}: the network is good");
            MustBeNegotiated(pair, seed);
            NobodyWasDeclaredDeadTooEarly(pair, seed);
        }
    }

    [Fact]
    public void PeerFallsSilent_IsNoticedInTheDetectionTime()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var pair = Make(seed, Authentication(seed));
            MustComeUp(pair, seed);
            pair.Run(3 * Pair.Second);
            var time = pair.First.Session.DetectionTime;
            pair.Network = pair.Network with { CutToFirst = true };
            pair.Run(Pair.Second / 2000);
            var last = pair.First.Arrivals[^1];
            pair.RunUntil(() => pair.First.Session.State == BfdState.Down, 10 * Pair.Second).Should().BeTrue($"seed {seed}");
            var down = pair.First.Transitions[^1];
            down.Cause.Should().Be(BfdTransitionCause.DetectionTimeExpired);
            TimeSpan.FromMicroseconds((down.Time - last) / 1_000.0).Should().BeCloseTo(time, TimeSpan.FromMicroseconds(1), $"seed {seed}");
            pair.Run(Pair.Second);
            pair.Other.Transitions[^1].Should().Match<BfdTransition>(t => t.To == BfdState.Down || t.To == BfdState.Init, $"seed {seed}: the other one is told");
        }
    }

    /// <summary>
    /// A process that is stopped for less than its peer's detection time loses no session: what came meanwhile waits in the socket,
    /// with the time of its arrival.
    /// </summary>
    [Fact]
    public void ShortPausesOfTheProcess_TakeNothingDown()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var pair = Make(seed, Authentication(seed));
            MustComeUp(pair, seed);
            pair.Run(3 * Pair.Second);
            var transitions = pair.Nodes.Sum(n => n.Transitions.Count);
            for (var i = 0; i < 20; i++)
            {
                var (node, other) = pair.Random.Next(2) == 0 ? (pair.First, pair.Other) : (pair.Other, pair.First);
                // What the peer counts begins with the last packet that it has had: an interval before the pause at most.
                var allowed = (long)((other.Session.DetectionTime - node.Session.TransmitInterval).TotalMilliseconds * Pair.Millisecond) - Pair.Millisecond;
                if (allowed > 0)
                {
                    node.Stop();
                    pair.Run(pair.Random.NextInt64(allowed));
                    node.Continue(pair.Time);
                }

                pair.Run(Pair.Second);
            }

            pair.Nodes.Sum(n => n.Transitions.Count).Should().Be(transitions, $"seed {seed}");
        }
    }

    [Fact]
    public void LongPauseOfTheProcess_IsNotTakenForAPeerThatIsDead()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var pair = Make(seed);
            MustComeUp(pair, seed);
            pair.Run(3 * Pair.Second);
            pair.First.Stop();
            pair.Run(5 * Pair.Second);
            pair.Other.Session.State.Should().Be(BfdState.Down, $"seed {seed}: the first one was silent");
            pair.First.Continue(pair.Time);
            // Its first verdict after the pause is about what was said meanwhile, not about its own absence.
            pair.First.Transitions.Where(t => t.Time >= pair.Time).Take(1).Should().OnlyContain(t => t.Cause == BfdTransitionCause.NeighborSignaledDown, $"seed {seed}");
            pair.First.Session.LateSteps.Should().BePositive();
            MustComeUp(pair, seed);
        }
    }

    [Fact]
    public void EverythingAtOnce_ThenAGoodNetwork_ComesUp()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var pair = Make(seed, Authentication(seed));
            pair.Run(3 * Pair.Second);
            for (var i = 0; i < 40; i++)
            {
                var node = pair.Random.Next(2) == 0 ? pair.First : pair.Other;
                Disturb(pair, node);
                pair.Run(pair.Random.NextInt64(Pair.Second));
            }

            foreach (var node in pair.Nodes)
            {
                if (node.IsStopped)
                {
                    node.Continue(pair.Time);
                }

                node.Do(pair.Time, (s, now, t) => s.SetAdministrativelyDown(false, now, t));
            }

            pair.Network = new Network();
            pair.Run(15 * Pair.Second);
            MustComeUp(pair, seed);
            pair.Run(5 * Pair.Second);
            pair.BothUp.Should().BeTrue($"seed {seed}");
            MustBeNegotiated(pair, seed);
            NobodyWasDeclaredDeadTooEarly(pair, seed);
        }
    }

    private static void Disturb(Pair pair, Node node)
    {
        var random = pair.Random;
        switch (random.Next(8))
        {
            case 0:
                pair.Network = pair.Network with { Loss = random.NextDouble() };
                break;
            case 1:
                pair.Network = pair.Network with { CutToFirst = random.Next(2) == 0, CutToSecond = random.Next(2) == 0 };
                break;
            case 2:
                pair.Network = pair.Network with { GreatestDelay = random.NextInt64(pair.Network.LeastDelay, 500 * Pair.Millisecond), Duplication = random.NextDouble() };
                break;
            case 3:
                pair.Network = new Network();
                break;
            case 4 when !node.IsStopped:
                node.Stop();
                break;
            case 5 when !node.IsStopped:
                node.Do(pair.Time, (s, now, t) => s.Change(Vary(s.Settings, random) with { Authentication = s.Settings.Authentication }, now, t));
                break;
            case 6 when !node.IsStopped:
                node.Do(pair.Time, (s, now, t) => s.SetAdministrativelyDown(random.Next(2) == 0, now, t));
                break;
            default:
                if (node.IsStopped)
                {
                    node.Continue(pair.Time);
                }

                break;
        }
    }

    /// <summary>Intervals change again and again while packets are lost, and no session goes down because of it.</summary>
    [Fact]
    public void ChangesOfIntervals_TakeNothingDown()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var random = new Random(seed);
            BfdSessionSettings Next(BfdSessionSettings s) => s with
            {
                DesiredMinTxInterval = TimeSpan.FromMilliseconds(random.Next(3, 300)),
                RequiredMinRxInterval = TimeSpan.FromMilliseconds(random.Next(3, 300)),
                DetectMult = 3 + random.Next(3),
            };
            var pair = new Pair(seed, Next, Next) { Network = new Network { LeastDelay = 10_000, GreatestDelay = Pair.Millisecond } };
            MustComeUp(pair, seed);
            pair.Run(3 * Pair.Second);
            var transitions = pair.Nodes.Sum(n => n.Transitions.Count);
            for (var i = 0; i < 40; i++)
            {
                (random.Next(2) == 0 ? pair.First : pair.Other).Do(pair.Time, (s, now, t) => s.Change(Next(s.Settings), now, t));
                pair.Run(random.NextInt64(600 * Pair.Millisecond));
            }

            pair.Nodes.Sum(n => n.Transitions.Count).Should().Be(transitions, $"seed {seed}");
            pair.Run(5 * Pair.Second);
            MustBeNegotiated(pair, seed);
        }
    }

    [Fact]
    public void DemandModeOfBoth_StaysUpWithoutPacketsAndSeesADeadPeerByItsPolls()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            static BfdSessionSettings Demanding(BfdSessionSettings s) => s with { Demand = true, DemandPollInterval = TimeSpan.FromSeconds(1) };
            var pair = new Pair(seed, Demanding, Demanding);
            MustComeUp(pair, seed);
            pair.Run(3 * Pair.Second);
            foreach (var node in pair.Nodes)
            {
                node.Sent.Clear();
            }

            pair.Run(10 * Pair.Second);
            pair.BothUp.Should().BeTrue($"seed {seed}");
            pair.Nodes.Should().OnlyContain(n => n.Sent.Count > 5 && n.Sent.Count < 45 && n.Sent.All(s => s.Packet.Poll || s.Packet.Final), $"seed {seed}: a Poll or its Final, each second");
            pair.Network = pair.Network with { CutToFirst = true, CutToSecond = true };
            pair.RunUntil(() => pair.Nodes.All(n => n.Session.State == BfdState.Down), 2 * Pair.Second).Should().BeTrue($"seed {seed}");
        }
    }
}
