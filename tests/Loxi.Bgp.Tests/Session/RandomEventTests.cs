using FluentAssertions;
using Loxi.Bgp.Session;
using Loxi.Bgp.Tests.Session.Support;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Session;

/// <summary>Any events in any order: what the session asks for always makes sense.</summary>
public sealed class RandomEventTests
{
    private const int Seeds = 200;
    private const int Steps = 300;

    [Fact]
    public void AnyEvents_KeepTheInvariants()
    {
        var established = 0L;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var graceful = random.Next(2) == 0;
            var driver = new Driver(peer => peer with
            {
                GracefulRestart = graceful,
                LongLivedStaleTime = graceful && random.Next(2) == 0 ? TimeSpan.FromMinutes(1) : null,
                Passive = random.Next(4) == 0,
                Bfd = (BgpBfdMode)random.Next(4),
                HoldTime = TimeSpan.FromSeconds(random.Next(4) == 0 ? 0 : 9),
                PrefixLimitRestart = TimeSpan.FromSeconds(5),
            }, seed: seed);
            driver.PeerOpen = Driver.OpenOf(64_513, random.Next(2) == 0 ? "192.0.2.2" : "192.0.2.0",
                peer => peer with { GracefulRestart = random.Next(2) == 0, LongLivedStaleTime = TimeSpan.FromSeconds(30), Bfd = (BgpBfdMode)random.Next(4) });
            var watch = new Watch(seed);
            for (var step = 0; step < Steps; step++)
            {
                watch.See(driver, Step(driver, random, watch));
            }

            established += driver.Session.EstablishedCount;
            watch.See(driver, driver.Stop(SessionStopKind.Shutdown));
            watch.Live.Should().BeEmpty($"seed {seed}: a stopped session has no connections");
            driver.Session.Deadline.Should().Be(TimeSpan.MaxValue, $"seed {seed}: nor timers");
        }

        established.Should().BeGreaterThan(Seeds * 3, "the events must get somewhere");
    }

    private static string[] Step(Driver driver, Random random, Watch watch)
    {
        var connection = watch.Live.Count > 0 && random.Next(20) > 0 ? watch.Live.ElementAt(random.Next(watch.Live.Count)) : random.Next(1, 30);
        switch (random.Next(28))
        {
            case 0 or 1 or 2:
                return driver.Start();
            case 3 or 4 or 5:
                var own = driver.Connected(out var lines);
                watch.Add(own);
                watch.AttemptEnded();
                return lines;
            case 6:
                watch.AttemptEnded();
                return driver.ConnectFailed();
            case 7 or 8 or 9:
                var other = driver.Accepted(out lines);
                watch.Add(other);
                return lines;
            case 10:
                return driver.Closed(connection);
            case 11 or 12 or 13 or 14:
                return driver.Open(connection);
            case 15 or 16 or 17 or 18:
                return driver.Keepalive(connection);
            case 19:
                return random.Next(4) switch
                {
                    0 => driver.Routes(connection),
                    1 => driver.Failed(connection, BgpErrorCode.UpdateMessage, 1),
                    2 => driver.LimitExceeded(connection),
                    _ => driver.Notification(connection, (BgpErrorCode)random.Next(1, 8), (byte)random.Next(11), random.Next(2) == 0),
                };
            case 20:
                return random.Next(4) switch
                {
                    0 => driver.Reset(),
                    1 => driver.Stop((SessionStopKind)random.Next(4)),
                    2 => driver.Apply(peer => peer with { AdministrativelyDown = !peer.AdministrativelyDown }),
                    _ => driver.Apply(peer => peer with { Passive = !peer.Passive, Bfd = (BgpBfdMode)random.Next(4) }),
                };
            case 21:
                return random.Next(3) switch
                {
                    0 => driver.BfdUp(),
                    1 => driver.BfdDown(random.Next(2) == 0),
                    _ => driver.BfdAdminDown(),
                };
            case 22 or 23:
                // The usual course.
                var usual = driver.Accepted(out lines);
                watch.Add(usual);
                watch.See(driver, lines);
                watch.See(driver, driver.Open(usual));
                return driver.Keepalive(usual);
            case 24:
                return driver.EndOfRib(connection, (BgpFamily)random.Next(2));
            default:
                return driver.Pass(random.NextDouble() * random.Next(1, 20));
        }
    }

    /// <summary>What must hold of the actions.</summary>
    private sealed class Watch(int seed)
    {
        private readonly HashSet<int> _live = [];
        private readonly Dictionary<BgpFamily, bool> _stale = new() { [BgpFamily.Ipv4Unicast] = false, [BgpFamily.Ipv6Unicast] = false };
        private bool _isUp;
        private bool _isConnecting;

        public HashSet<int> Live => _live;

        public void Add(int connection) => _live.Add(connection);

        public void AttemptEnded() => _isConnecting = false;

        public void See(Driver driver, string[] lines)
        {
            foreach (var line in lines)
            {
                See(line);
            }

            _isUp.Should().Be(driver.Session.State == BgpState.Established, $"seed {seed}: {string.Join(", ", lines)}");
            _live.Count.Should().BeLessThanOrEqualTo(2, $"seed {seed}");
            if (driver.Session.State is BgpState.Idle or BgpState.Active or BgpState.Connect)
            {
                _live.Should().BeEmpty($"seed {seed}: {driver.Session.State} after {string.Join(", ", lines)}");
            }

            (driver.Session.Deadline > driver.Now || driver.Session.Deadline == TimeSpan.MaxValue).Should().BeTrue($"seed {seed}: a deadline that stays behind is a busy loop");
        }

        private void See(string line)
        {
            var words = line.Split(' ');
            if (int.TryParse(words[0], out var connection))
            {
                _live.Should().Contain(connection, $"seed {seed}: '{line}' is about a connection that is closed");
            }

            switch (words[^1])
            {
                case "close":
                    _live.Remove(connection);
                    break;
                case "up":
                    _isUp.Should().BeFalse($"seed {seed}: up twice");
                    _isUp = true;
                    break;
                case "connect":
                    _isConnecting.Should().BeFalse($"seed {seed}: two attempts at a time");
                    _isConnecting = true;
                    break;
                case "abort":
                    _isConnecting = false;
                    break;
            }

            switch (words[0])
            {
                case "down":
                    _isUp.Should().BeTrue($"seed {seed}: down without up");
                    _isUp = false;
                    foreach (var family in _stale.Keys)
                    {
                        _stale[family] = line.Contains(family.ToString(), StringComparison.Ordinal);
                    }

                    break;
                case "purge":
                    var purged = Enum.Parse<BgpFamily>(words[1]);
                    _stale[purged].Should().BeTrue($"seed {seed}: {line} without stale routes");
                    _stale[purged] = false;
                    break;
                case "long-lived":
                    _stale[Enum.Parse<BgpFamily>(words[1])].Should().BeTrue($"seed {seed}: {line} without stale routes");
                    break;
            }
        }
    }
}
