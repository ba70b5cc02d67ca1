using System.Collections.Concurrent;
using System.Net;
using FluentAssertions;
using Loxi.Core.Roles;
using Loxi.Ha.Announce;
using Loxi.TestKit.Capture;
using Xunit;

namespace Loxi.Ha.RootTests.Announce;

/// <summary>Another host has, or wants, a VIP.</summary>
public sealed class ConflictTests
{
    [Fact]
    public async Task Probe_FindsAThirdHost_ByBothFamilies_AndNobodyElse()
    {
        await using var lab = new AnnounceLab();
        lab.Third.AddAddress("eth0", $"{AnnounceLab.Vip4}/32", $"{AnnounceLab.Vip6}/128");
        var a = lab.Announcer(lab.A);
        await a.ApplyAsync(AnnounceLab.Group(false, "lo", AnnounceLab.Vip4, AnnounceLab.Vip6, IPAddress.Parse("192.0.2.101"), IPAddress.Parse("2001:db8::101")), TestContext.Current.CancellationToken);

        var claims = await a.ProbeAsync("g", default, TestContext.Current.CancellationToken);

        claims.Select(static c => c.Address).Should().BeEquivalentTo([AnnounceLab.Vip4, AnnounceLab.Vip6]);
        claims.Should().OnlyContain(static c => c.Interface == "eth0");
        claims.Select(static c => c.Mac.ToString()).Distinct().Should().Equal(lab.Third.Mac("eth0").Replace(":", "", StringComparison.Ordinal).ToUpperInvariant());
        (await a.ReadStatusAsync()).Counters.ProbeFrames.Should().Be(12, "3 for each");
    }

    [Fact]
    public async Task AnotherHostClaims_AlarmWithinASecond_AndADefenceOnceASecond()
    {
        await using var lab = new AnnounceLab();
        var a = lab.Announcer(lab.A);
        await a.ApplyAsync(AnnounceLab.Group(true), TestContext.Current.CancellationToken);
        var alarms = new ConcurrentQueue<AddressConflict>();
        var first = new TaskCompletionSource<AddressConflict>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = a.Subscribe(c =>
        {
            alarms.Enqueue(c);
            first.TrySetResult(c);
        });
        using var attacker = lab.Third.Capture("eth0", static p => AnnounceLab.IsArp(p, AnnounceLab.Vip4, 1) && !p.Outgoing);
        await attacker.WaitForAsync(static _ => true, 4, "the burst of A", TimeSpan.FromSeconds(5));

        Claim(lab, attacker, 20);
        var alarm = await first.Task.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        alarm.Group.Should().Be("g");
        alarm.Claim.Address.Should().Be(AnnounceLab.Vip4);
        alarm.Claim.Interface.Should().Be("eth0");
        alarm.Claim.Mac.ToString().Should().Be(lab.Third.Mac("eth0").Replace(":", "", StringComparison.Ordinal).ToUpperInvariant());
        var status = await WaitForConflictsAsync(a, 20);
        status.Counters.Defences.Should().BeInRange(1, 3, "20 claims came in one moment");
        alarms.Should().HaveCountLessThan(4);
        status.Groups[0].IsMaster.Should().BeTrue();
    }

    [Fact]
    public async Task ThirdHostHasTheVip_TheConflictLastsAsLongAsItHas_AlsoWhenItIsSilent()
    {
        await using var lab = new AnnounceLab();
        var a = lab.Announcer(lab.A);
        await a.ApplyAsync(AnnounceLab.Group(true, "lo", AnnounceLab.Vip4), TestContext.Current.CancellationToken);
        using var burst = lab.Third.Capture("eth0", static p => AnnounceLab.IsArp(p, AnnounceLab.Vip4, 1) && !p.Outgoing);
        await burst.WaitForAsync(static _ => true, 4, "the burst of A", TimeSpan.FromSeconds(5));
        lab.Third.AddAddress("eth0", $"{AnnounceLab.Vip4}/32");

        Claim(lab, burst, 1);
        var since = (await WaitForAsync(a, static s => s is not null))!.Value;
        // It says nothing by itself, and is asked after 5 s.
        await WaitForConflictsAsync(a, 2);
        (await SinceAsync(a)).Should().Be(since);

        lab.Third.Exec("ip", "address", "del", $"{AnnounceLab.Vip4}/32", "dev", "eth0");
        await WaitForAsync(a, static s => s is null);

        static async Task<TimeSpan?> SinceAsync(NeighbourAnnouncer announcer) => (await announcer.ReadStatusAsync()).Groups[0].Addresses[0].ConflictSince;

        static async Task<TimeSpan?> WaitForAsync(NeighbourAnnouncer announcer, Func<TimeSpan?, bool> wanted)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (true)
            {
                var since = await SinceAsync(announcer);
                if (wanted(since))
                {
                    return since;
                }

                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
    }

    [Fact]
    public async Task PeerThatWasMaster_IsNoConflictWhileTheRoleChangesHands()
    {
        await using var lab = new AnnounceLab();
        var a = lab.Announcer(lab.A);
        await a.SetPeersAsync([IPAddress.Parse("192.0.2.66")]);
        lab.A.AddNeighbour("eth0", "192.0.2.66", lab.Third.Mac("eth0"));
        await a.ApplyAsync(AnnounceLab.Group(false), TestContext.Current.CancellationToken);
        var alarms = 0;
        using var subscription = a.Subscribe(_ => Interlocked.Increment(ref alarms));
        using var peer = lab.Third.Capture("eth0", static p => AnnounceLab.IsArp(p, AnnounceLab.Vip4, 1) && !p.Outgoing);

        await a.SetRoleAsync("g", true);
        Claim(lab, peer, 3);
        await peer.WaitForAsync(static _ => true, 4, "the burst of A", TimeSpan.FromSeconds(5));

        Volatile.Read(ref alarms).Should().Be(0);
        (await a.ReadStatusAsync()).Counters.Conflicts.Should().Be(0);
    }

    private static void Claim(AnnounceLab lab, PacketCapture from, int count)
    {
        var frame = new byte[42];
        Ha.Announce.Wire.ArpFrame.WriteAnnouncement(frame, System.Net.NetworkInformation.PhysicalAddress.Parse(lab.Third.Mac("eth0")).GetAddressBytes(), AnnounceLab.Vip4.GetAddressBytes());
        for (var i = 0; i < count; i++)
        {
            from.Send(frame);
        }
    }

    private static async Task<AnnouncerStatus> WaitForConflictsAsync(NeighbourAnnouncer announcer, long count)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (true)
        {
            var status = await announcer.ReadStatusAsync();
            if (status.Counters.Conflicts >= count)
            {
                return status;
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
