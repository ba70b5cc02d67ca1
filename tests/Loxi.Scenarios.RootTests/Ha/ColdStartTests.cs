using System.Globalization;
using FluentAssertions;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Scenarios;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>F17: both nodes start at once, within 50 ms of each other, again and again: each time one is master, and it alone tells the segment so.</summary>
[Trait("Suite", Suites.Matrix)]
public sealed class ColdStartTests
{
    // A hundred take some six minutes: LOXI_COLD_STARTS=100.
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("LOXI_COLD_STARTS") ?? "20", CultureInfo.InvariantCulture);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostToDecide = TimeSpan.FromSeconds(2.5);

    [Fact]
    public async Task F17_BothStartAtOnce_OneMaster_AndItAloneAnnounces()
    {
        await using var lab = await ScenarioLab.CreateAsync(new() { Kind = ScenarioKind.FlatL2, PeerLink = true, ControllerRoles = false, NodeFlags = static index => [.. ScenarioLab.PeerFlags(index), "--ha-priority=10"] });
        await lab.StartAsync();
        using var announcements = AnnouncementCapture.Start(lab.Probe, "eth0");
        var random = new Random(17);
        List<Round> rounds = [];
        for (var i = 0; i < Rounds; i++)
        {
            rounds.Add(await StartAsync(lab, announcements, fromNothing: i % 2 == 0, TimeSpan.FromMilliseconds(random.Next(-50, 51))));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"""
             {rounds.Count} starts: decided after both were ready {Spread(rounds, static round => round.FromReady)}, after both processes were started {Spread(rounds, static round => round.FromStart)}
             more than one promotion in {rounds.Count(static round => round.Promotions > 1)}, two masters at once in {rounds.Count(static round => round.Shared > TimeSpan.Zero)} for at most {rounds.Max(static round => round.Shared).TotalMilliseconds:f0} ms, the other announced in {rounds.Count(static round => round.OthersAnnounced > 0)}
             {string.Join('\n', rounds.Where(static round => round.Promotions > 1 || round.OthersAnnounced > 0).Select(static round => round.Story))}
             """));
        announcements.Dropped.Should().Be(0);
        rounds.Should().OnlyContain(static round => round.Announced && round.OthersAnnounced == 0 && round.Promotions == 1);
        rounds.Should().OnlyContain(static round => round.FromReady < MostToDecide);
    }

    private static async Task<Round> StartAsync(ScenarioLab lab, AnnouncementCapture announcements, bool fromNothing, TimeSpan offset)
    {
        await Task.WhenAll(lab.Nodes.Select(node => lab.KillControlAsync(node.Index)));
        if (fromNothing)
        {
            await Task.WhenAll(lab.Nodes.Select(static node => node.PurgeAsync()));
        }

        var begin = LabClock.Now;
        var started = new DateTimeOffset[2];
        await Task.WhenAll(lab.Nodes.Select(async node =>
        {
            if ((node.Index == 1) == (offset > TimeSpan.Zero))
            {
                await Task.Delay(offset.Duration());
            }

            started[node.Index] = DateTimeOffset.UtcNow;
            await lab.StartNodeAsync(node.Index);
        }));
        string[] last = [];
        var since = LabClock.Now;
        await Scenario.WaitUntilAsync(
            async () =>
            {
                var roles = await Task.WhenAll(lab.Nodes.Select(static async node => await node.ReadRoleAsync(TestContext.Current.CancellationToken) ?? "no answer"));
                (last, since) = (roles, last.SequenceEqual(roles) ? since : LabClock.Now);
                return (roles.Order(StringComparer.Ordinal).SequenceEqual(["BACKUP", "MASTER"]) && LabClock.Now - since > Steady, string.Join(", ", roles));
            },
            TimeSpan.FromSeconds(30));
        var end = DateTimeOffset.UtcNow;
        var master = lab.Nodes[Array.IndexOf(last, "MASTER")];
        var promotions = lab.Nodes.SelectMany(node => RoleHistory.Masters(RoleHistory.Read(node), end)).ToList();
        var decided = RoleHistory.Masters(RoleHistory.Read(master), end).Last().From;
        var seen = announcements.All.Where(one => one.Moment >= begin && one.Address.Equals(lab.Vip)).ToList();
        return new(
            decided - lab.Nodes.Max(RoleHistory.Ready),
            decided - started.Max(),
            promotions.Count,
            RoleHistory.Shared(lab.Nodes[0], lab.Nodes[1], end),
            seen.Exists(one => one.Mac == master.Mac),
            seen.Count(one => one.Mac != master.Mac),
            string.Join('\n', lab.Nodes.Select(node => $"{node.Name}{(node == master ? ", master" : "")}:\n{node.Daemon.Tail(20)}")));
    }

    private static string Spread(List<Round> rounds, Func<Round, TimeSpan> of)
    {
        var sorted = rounds.Select(of).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Count / 2].TotalMilliseconds:f0} ms (median), {sorted[^1].TotalMilliseconds:f0} ms (most)");
    }

    private sealed record Round(TimeSpan FromReady, TimeSpan FromStart, int Promotions, TimeSpan Shared, bool Announced, int OthersAnnounced, string Story);
}
