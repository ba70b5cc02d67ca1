using System.Collections.Frozen;
using System.Net;
using System.Net.NetworkInformation;
using FluentAssertions;
using Loxi.Api.V1;
using Loxi.Core.Roles;
using Loxi.Ha.Announce;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Node.Ha;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class HaPathsTests : IAsyncLifetime
{
    private const string Root = "/loxi/v1/ha";
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private RestServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task NodeWithoutRoles_SaysSo()
    {
        (await _server.SendAsync("GET", Root)).Text.Should().Be("""{"source":"none","node":0,"realTime":false,"drained":false,"groups":[],"peers":[],"alarms":[]}""");
    }

    [Fact]
    public async Task WhoServes_IsTold_ByWallClockAndTimeLeft()
    {
        _server.Ha.Reading = Reading();

        var status = await _server.Client.GetHaAsync(Token);

        status.Should().BeEquivalentTo(new { Source = "peers", Node = 1, Authentication = "receive-only", RealTime = true, WouldLose = "established connections: they are not synchronised" });
        status.Alarms.Should().BeEquivalentTo(
        [
            new HaAlarm { Name = "config-differs", Group = "llb-inst0", Node = 0, Since = Now - TimeSpan.FromSeconds(5), Count = 2, Text = "node 0 has other services or pools" },
            new HaAlarm { Name = "vip-claimed", Group = "llb-inst0", Address = "192.0.2.11", Since = Now - TimeSpan.FromSeconds(4), Count = 1, Text = "another host answers for the address: it is not taken, and asked for again every 5 s" },
            new HaAlarm { Name = "single-path", Node = 0, Since = Now - TimeSpan.FromSeconds(3), Count = 4, Text = "one path" },
            new HaAlarm { Name = "address-conflict", Group = "llb-inst0", Address = "192.0.2.10", Since = Now - TimeSpan.FromSeconds(2), Count = 3, Text = "another host has the address too: 024C58000300 on eth0; this node defends it" },
            new HaAlarm { Name = "gateway-lost", Group = "llb-inst0", Address = "192.0.2.254", Since = Now - TimeSpan.FromSeconds(1), Count = 1, Text = "gateway" },
        ]);
        var group = status.Groups.Should().ContainSingle().Subject;
        group.Should().BeEquivalentTo(new
        {
            Name = "llb-inst0",
            Role = "master",
            Since = Now - TimeSpan.FromSeconds(10),
            Cause = "master-silent",
            Master = 1,
            Term = "18446744073709551615",
            Readiness = "ready",
            Health = 191,
            Pinned = false,
            AliveFor = 250,
            AnswersFor = 0,
        });
        group.Transitions.Should().BeEquivalentTo([new HaTransition { Time = Now - TimeSpan.FromSeconds(10), From = "backup", To = "master", Cause = "master-silent", Term = "7", Peer = 0 }]);
        group.Addresses.Should().BeEquivalentTo([new HaAddress { Address = "192.0.2.10", Condition = "placed", Interfaces = ["eth0"], Conflicts = 3, ClaimedBy = "024C58000300 on eth0", Problem = "why" }]);
        var peer = status.Peers.Should().ContainSingle().Subject;
        peer.Should().BeEquivalentTo(new { Node = 0, Heard = true, Authenticated = false, ClockOffset = -1500 });
        peer.Paths.Should().BeEquivalentTo([new HaPath { Address = "192.0.2.1", Local = "192.0.2.2", Interface = "eth0", HeardAgo = 80, RoundTrip = 250, Received = 5, Sent = 6, Discarded = 7, Problem = "no" }]);
    }

    [Fact]
    public async Task Check_TellsWhatTheHostHas()
    {
        (await _server.SendAsync("GET", Root + "/check")).Text.Should().Be("""{"findings":[]}""");
        _server.Ha.Findings = [new HaFinding { Subject = "clock", Found = "a", Expected = "b", Remedy = "c" }];

        (await _server.Client.CheckHaAsync(Token)).Findings.Should().Equal(new HaFinding { Subject = "clock", Found = "a", Expected = "b", Remedy = "c" });
    }

    [Fact]
    public void Names_AreOfAllAlarms_EachOnce()
    {
        HaAlarms.Names.Should().OnlyHaveUniqueItems().And.Contain(["duplicate-node-id", "config-differs", "fault-without-backup", "address-conflict", "gateway-lost", "link-lost", "single-path"]).And.NotContain("late");
        HaAlarms.Of(Reading()).Select(static a => a.Name).Should().BeSubsetOf(HaAlarms.Names);
    }

    [Fact]
    public async Task Pin_OfAGroupOrItsAlias_AndOfNone()
    {
        (await _server.Client.PinHaAsync("default", Token)).Should().BeTrue();
        _server.Ha.IsPinned.Should().BeTrue();
        (await _server.Client.UnpinHaAsync(InMemoryHa.Group, Token)).Should().BeTrue();
        _server.Ha.IsPinned.Should().BeFalse();

        (await _server.Client.PinHaAsync("inst7", Token)).Should().BeFalse();
        (await _server.SendAsync("PUT", Root + "/groups/inst7/pin")).Should().BeEquivalentTo(new { Status = 404 });
    }

    internal static HaReading Reading()
    {
        var time = TimeSpan.FromHours(1);
        return new HaReading(
            new RoleSpeakerStatus
            {
                Time = time,
                NodeId = 1,
                Incarnation = 1,
                Authentication = HelloAuthenticationMode.ReceiveOnly,
                IsRealTime = true,
                Discards = FrozenDictionary<HelloDiscardReason, long>.Empty,
                Alarms = [new LastingAlarm(HelloAlarm.SinglePath, 0, "one path") { Since = time - TimeSpan.FromSeconds(3), Count = 4 }],
                Groups =
                [
                    new RoleGroupStatus
                    {
                        Name = "llb-inst0",
                        Role = HelloRole.Master,
                        Source = RoleSource.Peers,
                        Term = ulong.MaxValue,
                        Announces = true,
                        Master = 1,
                        Readiness = Readiness.Ready,
                        Health = 191,
                        Pinned = false,
                        Withheld = [IPAddress.Parse("192.0.2.11")],
                        Alarms =
                        [
                            new RoleAlarmStatus(RoleAlarm.ConfigDiffers, 0, time - TimeSpan.FromSeconds(5), 2),
                            new RoleAlarmStatus(RoleAlarm.VipClaimed, null, time - TimeSpan.FromSeconds(4), 1),
                        ],
                        AliveUntil = time + TimeSpan.FromMilliseconds(250),
                        AnswerUntil = time - TimeSpan.FromMilliseconds(1),
                        HeldUntil = TimeSpan.Zero,
                        Transitions = [new RoleTransition(HelloRole.Backup, HelloRole.Master, RoleCause.MasterSilent, 7, 0, time - TimeSpan.FromSeconds(10))],
                    },
                ],
                Peers =
                [
                    new RolePeerStatus(0, 1, true, false,
                    [
                        new RolePathStatus(
                            new RolePath(IPAddress.Parse("192.0.2.1")) { LocalAddress = IPAddress.Parse("192.0.2.2"), Interface = "eth0" },
                            time - TimeSpan.FromMilliseconds(80), TimeSpan.FromMicroseconds(250), 5, 6, 7, 1, "no"),
                    ]) { ClockOffset = TimeSpan.FromMilliseconds(-1500) },
                ],
            },
            new AnnouncerStatus(
                [
                    new AnnouncedGroupStatus("llb-inst0", true,
                    [
                        new AnnouncedAddressStatus(
                            new AnnouncedAddress(IPAddress.Parse("192.0.2.10"), AddressPlacement.Interface, "eth0"), AnnouncedAddressCondition.Placed, "why", ["eth0"], 9, 3,
                            new AddressClaim(IPAddress.Parse("192.0.2.10"), "eth0", PhysicalAddress.Parse("02:4c:58:00:03:00"))) { ConflictSince = time - TimeSpan.FromSeconds(2) },
                    ]),
                ],
                new AnnouncerCounters()),
            Now)
        {
            Faults = [new HaFault("gateway-lost", "llb-inst0", IPAddress.Parse("192.0.2.254"), time - TimeSpan.FromSeconds(1), "gateway")],
        };
    }
}
