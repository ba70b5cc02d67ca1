using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Loxi.Node.Rest;
using Loxi.Node.Roles;
using Loxi.Node.State;
using Loxi.Node.Tests.Ha;
using Xunit;

namespace Loxi.Node.Tests.Composition;

/// <summary>What the node makes of services, posts, links and the speaker of roles.</summary>
public sealed class NodeHaTests
{
    private const string Default = VipGroups.Default;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_FollowServices()
    {
        await using var ha = new HaHarness();
        ha.Set(HaHarness.Service("192.0.2.10"));
        await ha.StartAsync();
        ha.Speaker.Settings.Groups.Should().Equal(new RoleGroup(Default) { SharedLink = true });

        ha.Set(HaHarness.Service("192.0.2.10"), HaHarness.Service("198.51.100.10", "inst1"));

        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains("inst1 is Ready"));
        ha.Speaker.Settings.Groups.Select(static g => g.Name).Should().Equal("inst1", Default);
        ha.Neighbours.Groups.SelectMany(static g => g.Addresses).Select(static a => $"{a.Address} {a.Interface}").Should().Equal("198.51.100.10 eth1", "192.0.2.10 eth0");

        ha.Speaker.Decide("inst1", HelloRole.Master);
        ha.Set(HaHarness.Service("192.0.2.10"));

        await HaHarness.UntilAsync(() => ha.Speaker.Settings.Groups.Length == 1);
        await HaHarness.UntilAsync(() => ha.Roles.Roles.RoleOf("inst1") == NodeRole.NotDefined);
    }

    [Fact]
    public async Task Node_IsReady_WhenItsStartIsOver()
    {
        await using var ha = new HaHarness();

        await ha.Node.StartAsync();
        ha.Speaker.Told.Should().Contain($"{Default} is Syncing").And.NotContain($"{Default} is Ready", "addresses in front of a data plane that is not attached serve nobody");
        await ha.Node.ServeAsync();

        ha.Speaker.Told.Should().Contain($"{Default} is Ready");
    }

    [Theory]
    [InlineData(HelloRole.Master, true)]
    [InlineData(HelloRole.Listening, false)]
    public async Task RoleThatGoesOn_HasItsAddressesFromTheFirstDeclarationOn(HelloRole role, bool isMaster)
    {
        await using var ha = new HaHarness();
        ha.Set(HaHarness.Service("192.0.2.10"));
        ha.Speaker.Groups = [HaHarness.StatusOf(Default, role)];

        await ha.Node.StartAsync();

        ha.Neighbours.Declared[0].Should().ContainSingle().Which.IsMaster.Should().Be(isMaster);
    }

    [Fact]
    public async Task NodeThatLacksConnections_IsSyncing_UntilTheyAreThere()
    {
        var sync = new FakeSync();
        await using var ha = new HaHarness(sync: sync);
        await ha.StartAsync();
        ha.Speaker.Told.Should().NotContain($"{Default} is Ready");

        sync.Set(true);
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains($"{Default} is Ready"));
        sync.Set(false);

        await HaHarness.UntilAsync(() => ha.Speaker.Told.SkipWhile(static t => t != $"{Default} is Ready").Contains($"{Default} is Syncing"));
    }

    [Fact]
    public async Task Decisions_AreTheRolesOfTheNode()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();
        ha.Roles.Roles.Should().BeSameAs(RoleModel.Awaited);

        ha.Speaker.Decide(Default, HelloRole.Master);

        ha.Node.Roles.RoleOf(Default).Should().Be(NodeRole.Master);
        ha.Announcer.Peers.Should().Equal("192.0.2.2 198.51.100.2");
    }

    [Fact]
    public async Task LinkOfAVip_ThatGoesDown_IsAFault_AlsoWhenItTakesTheSubnetAlong()
    {
        await using var ha = new HaHarness();
        ha.Set(HaHarness.Service("192.0.2.10"), HaHarness.Service("198.51.100.10", "inst1"));
        await ha.StartAsync();
        ha.Speaker.Told.Should().Contain($"{Default} fault 1 up").And.Contain("inst1 fault 1 up");

        ha.Links.Down.Add("eth0");
        ha.Links.Change();
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains($"{Default} fault 1 down"));
        ha.Speaker.Told.Should().NotContain("inst1 fault 1 down");

        ha.Links.Gone.Add("eth1");
        ha.Links.Change();
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains("inst1 fault 1 down"));

        var seen = ha.Speaker.Told.Count;
        ha.Links.Gone.Clear();
        ha.Links.Change();
        await HaHarness.UntilAsync(() => ha.Speaker.Told.Skip(seen).Contains("inst1 fault 1 up"));
    }

    [Fact]
    public async Task WhatCannotBeFollowed_IsTriedAgainInASecond()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();
        ha.Links.Failures.Enqueue(new InvalidOperationException("no"));

        ha.Set(HaHarness.Service("192.0.2.10", "inst1"));

        await HaHarness.UntilAsync(() => ha.Logged.Contains(8072));
        ha.Speaker.Settings.Groups.Should().ContainSingle();
        await HaHarness.UntilAsync(() =>
        {
            ha.Time.Advance(TimeSpan.FromSeconds(1));
            return ha.Speaker.Settings.Groups.Length == 2;
        });
    }

    [Fact]
    public async Task AddressThatCannotBeHad_DoesNotKeepRolesFromBeingFollowed()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();
        ha.Neighbours.Refusals.Enqueue(new Linux.Netlink.NetlinkException("add an address", 13));

        ha.Set(HaHarness.Service("192.0.2.10", "inst1"));

        await HaHarness.UntilAsync(() => ha.Speaker.Told.Contains("inst1 is Ready"));
        ha.Neighbours.Groups.SelectMany(static g => g.Addresses).Should().BeEmpty();
        await HaHarness.UntilAsync(() =>
        {
            ha.Time.Advance(TimeSpan.FromSeconds(1));
            return ha.Neighbours.Groups.Any(static g => g.Addresses.Length == 1);
        });
    }

    [Fact]
    public async Task SpeakerThatFails_StopsTheNode_AndAddressesComeOff()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();

        ha.Speaker.Fail(new InvalidOperationException("a defect"));

        await HaHarness.UntilAsync(() => ha.Stops);
        ha.Node.HasFailed.Should().BeTrue("the process ends with exit code 1");
        ha.Logged.Should().Contain(8074);
        await ha.Node.LeaveAsync(Token);
        ha.Speaker.IsStopped.Should().BeFalse("there is nobody who could give roles away");
        ha.Announcer.IsStopped.Should().BeTrue();
    }

    [Fact]
    public async Task Leave_GivesRolesAway_ThenTakesAddressesOff_AndNothingIsFollowedAnyMore()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();

        await ha.Node.LeaveAsync(Token);

        (ha.Speaker.IsStopped, ha.Announcer.IsStopped).Should().Be((true, true));
        ha.Logged.Should().NotContain(8073);
        var applied = ha.Speaker.Applied.Count;
        ha.Set(HaHarness.Service("192.0.2.10", "inst1"));
        ha.Speaker.Applied.Should().HaveCount(applied);
        (await ha.Awaiting(static h => h.PostAsync("MASTER")).Should().ThrowAsync<RefusedRequestException>()).Which.Status.Should().Be(503);
    }

    [Fact]
    public async Task Leave_ThatNobodyTakesTheRolesFrom_EndsInTime()
    {
        await using var ha = new HaHarness();
        ha.Speaker.GivesAwayAtOnce = false;
        await ha.StartAsync();

        var leaving = ha.Node.LeaveAsync(Token);
        await HaHarness.UntilAsync(() => ha.Speaker.IsStopped);
        ha.Announcer.IsStopped.Should().BeFalse();
        await HaHarness.UntilAsync(() =>
        {
            ha.Time.Advance(HaSettings.StopLimit(ha.Options.Ha));
            return leaving.IsCompleted;
        });

        await leaving;
        ha.Logged.Should().Contain(8073);
        ha.Announcer.IsStopped.Should().BeTrue();
    }

    [Fact]
    public async Task Post_WaitsForTheEndOfTheStart()
    {
        await using var ha = new HaHarness();
        await ha.Node.StartAsync();

        var post = ha.PostAsync("BACKUP");
        post.IsCompleted.Should().BeFalse();
        await ha.Node.ServeAsync();
        await post;

        ha.Speaker.Told.Should().Contain($"{Default} post Backup");
    }

    [Fact]
    public async Task VipOfAPost_ThatCannotBeASource_IsTriedAgain_AndTheRoleIsObeyed()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();
        ha.Services.Refusals.Enqueue(new InvalidOperationException("of another group"));

        await ha.PostAsync("MASTER", vip: "192.0.2.200");

        ha.Speaker.Told.Should().Contain($"{Default} post Master");
        await HaHarness.UntilAsync(() => ha.Services.Refusals.Count == 0);
        await HaHarness.UntilAsync(() =>
        {
            ha.Time.Advance(TimeSpan.FromSeconds(1));
            return ha.Services.Sources.Equals(GroupSources.Of(ha.Roles.Posted));
        });
        ha.Services.Sources.Should().NotBe(GroupSources.None);
    }

    [Fact]
    public async Task FirstPost_OfANodeWithoutRoles_MakesThem()
    {
        await using var ha = new HaHarness(new NodeOptions());
        await ha.StartAsync();
        ha.Speaker.Applied.Should().BeEmpty();
        ha.Gates.Removed.Should().Equal(Default);
        (await ha.Node.ReadAsync(Token)).Should().BeNull();

        await ha.PostAsync("MASTER", "inst1");

        ha.Speaker.Settings.Source.Should().Be(RoleSource.External);
        ha.Speaker.Told.Should().ContainInOrder("inst1 is Ready", "inst1 post Master");
        (await ha.Node.PinAsync(Default, Token)).Should().BeFalse("a controller decides");
    }

    [Fact]
    public async Task Pin_IsOfGroupsThatThereAre()
    {
        await using var ha = new HaHarness();
        await ha.StartAsync();

        (await ha.Node.PinAsync("inst7", Token)).Should().BeFalse();
        (await ha.Node.PinAsync(Default, Token)).Should().BeTrue();
        (await ha.Node.UnpinAsync(Default, Token)).Should().BeTrue();

        ha.Speaker.Told.Should().EndWith([$"{Default} post Backup", $"{Default} unpin"]);
    }

    [Fact]
    public async Task GroupsBeyondTheLimit_HaveNoRoles_ButTheDefaultOneHas()
    {
        await using var ha = new HaHarness();
        ha.Set([HaHarness.Service("192.0.2.10"), .. Enumerable.Range(0, 64).Select(static i => HaHarness.Service($"192.0.2.{100 + i}", $"a{i:00}"))]);

        await ha.StartAsync();

        ha.Speaker.Settings.Groups.Should().HaveCount(HaSettings.MostGroups).And.Contain(static g => g.Name == Default);
        ha.Logged.Should().Contain(8075);
    }

    [Fact]
    public async Task MoreGroupsThanCanHaveRoles_AreRefusedAtTheCall()
    {
        await using var ha = new HaHarness();
        Service[] services = [.. Enumerable.Range(0, 63).Select(static i => HaHarness.Service($"192.0.2.{100 + i}", $"a{i:00}"))];
        ha.Set(services);
        await ha.StartAsync();

        await ha.Awaiting(static h => h.PostAsync("MASTER", "inst7")).Should().ThrowAsync<RefusedRequestException>().WithMessage("*65 VIP groups*");
        ha.Roles.Posted.Should().BeSameAs(RoleModel.None);
        ha.Services.Guard(ha.Services.Current, ha.Services.Current with { Services = ServiceModel.Create([.. services, HaHarness.Service("192.0.2.9", "inst7")]) }).Should().StartWith("65 VIP groups");
    }
}
