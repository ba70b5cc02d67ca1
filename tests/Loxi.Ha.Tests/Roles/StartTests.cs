using System.Net;
using FluentAssertions;
using Loxi.Ha.Roles;
using Xunit;

namespace Loxi.Ha.Tests.Roles;

/// <summary>R1: what a node does that has just started.</summary>
public sealed class StartTests
{
    private static readonly IPAddress _vip = IPAddress.Parse("192.0.2.10");

    [Fact]
    public void R1_MasterHeard_IsBackupWithoutAProbe()
    {
        var driver = CoreDriver.Backup(out _);

        driver.Core.Role.Should().Be(HelloRole.Backup);
        driver.Transitions.Should().ContainSingle().Which.Cause.Should().Be(RoleCause.MasterHeard);
        driver.Of(RoleActionKind.ProbeVips).Should().BeEmpty();
        driver.Of(RoleActionKind.Announce).Should().BeEmpty();
    }

    [Fact]
    public void R1_Silence_TheVipsAreProbedAfterFiveIntervals_ThenTheNodeServes()
    {
        var driver = new CoreDriver(CoreDriver.Settings, null, new FakePeer(2) { On = false });

        driver.Run(480);
        driver.Core.Role.Should().Be(HelloRole.Listening);
        driver.Of(RoleActionKind.ProbeVips).Should().BeEmpty();
        driver.Run(40);

        driver.Of(RoleActionKind.ProbeVips).Should().ContainSingle();
        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Transitions.Last().Cause.Should().Be(RoleCause.Alone);
        driver.Core.Announces.Should().BeTrue();
        driver.Core.Term.Should().Be(1);
    }

    [Fact]
    public void R1_VipThatAnswers_IsWithheldAloneAndProbedAgain()
    {
        var driver = new CoreDriver(CoreDriver.Settings, null, new FakePeer(2) { On = false }) { Answering = [_vip] };
        driver.Run(1000);

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Core.Withheld.Should().Equal(_vip);
        driver.Alarms.Should().Contain(RoleAlarm.VipClaimed);

        var bursts = driver.Of(RoleActionKind.Announce).Count();
        driver.Run(4000);
        driver.Core.Withheld.Should().Equal(_vip);
        driver.Answering = [];
        driver.Run(1100);

        driver.Of(RoleActionKind.ProbeVips).Last().Action.Vips.Should().Equal(_vip);
        driver.Core.Withheld.Should().BeEmpty();
        driver.Of(RoleActionKind.Announce).Should().HaveCountGreaterThan(bursts);
    }

    [Fact]
    public void R1_RestartWhileItsGatesAreOpen_GoesOnWithItsTerm()
    {
        var memory = new RoleMemory { Ceiling = 20, Term = 7, PinnedTerm = 7, PinnedNodeId = CoreDriver.Own, PinnedAnswerUntil = TimeSpan.FromSeconds(1000.2) };

        var driver = new CoreDriver(CoreDriver.Settings, memory, new FakePeer(2));

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Core.Term.Should().Be(7);
        driver.Transitions.Should().ContainSingle().Which.Cause.Should().Be(RoleCause.Resumed);
    }

    [Theory]
    [InlineData(6, CoreDriver.Own, 1000.2)]
    [InlineData(7, 3, 1000.2)]
    [InlineData(7, CoreDriver.Own, 999.9)]
    public void R1_RestartWithOtherGates_Listens(ulong pinnedTerm, ushort pinnedNode, double until)
    {
        var memory = new RoleMemory { Ceiling = 20, Term = 7, PinnedTerm = pinnedTerm, PinnedNodeId = pinnedNode, PinnedAnswerUntil = TimeSpan.FromSeconds(until) };

        var driver = new CoreDriver(CoreDriver.Settings, memory, new FakePeer(2));

        driver.Core.Role.Should().Be(HelloRole.Listening);
        driver.Of(RoleActionKind.Announce).Should().BeEmpty();
    }

    [Fact]
    public void I4_TermsOfTheFormerRun_AreNotUsedAgain()
    {
        var driver = new CoreDriver(CoreDriver.Settings, new RoleMemory { Ceiling = 40, Term = 30 }, new FakePeer(2) { On = false });

        driver.Run(1000);

        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Core.Term.Should().BeGreaterThan(40);
    }

    [Fact]
    public void None_EveryNodeAnnounces()
    {
        var driver = new CoreDriver(CoreDriver.Settings with { Source = RoleSource.None, Gates = false });

        driver.Core.Announces.Should().BeTrue();
        driver.Core.Role.Should().Be(HelloRole.Master);
        driver.Run(500);
        driver.Of(RoleActionKind.SetGates).Should().BeEmpty();
    }

    [Fact]
    public void External_NothingIsAnnouncedBeforeTheFirstPost_AndThePostIsObeyedAtOnce()
    {
        var driver = new CoreDriver(CoreDriver.Settings with { Source = RoleSource.External }, new RoleMemory { ExternalUsed = true });
        driver.Run(5000);
        driver.Core.Announces.Should().BeFalse();

        driver.Do(actions => driver.Core.Post(PostedRole.Master, driver.Now, actions));
        driver.Of(RoleActionKind.ProbeVips).Should().ContainSingle();
        driver.Core.Announces.Should().BeTrue();

        var actionsBefore = driver.Log.Count;
        driver.Do(actions => driver.Core.Post(PostedRole.Master, driver.Now, actions));
        driver.Log.Should().HaveCount(actionsBefore);
    }

    [Fact]
    public void External_FirstPostEver_ToANodeThatHasWaited_IsProbedAndAnnounced()
    {
        var driver = new CoreDriver(CoreDriver.Settings with { Source = RoleSource.External }, new RoleMemory());
        driver.Core.Announces.Should().BeFalse();

        driver.Do(actions => driver.Core.Post(PostedRole.Master, driver.Now, actions));

        driver.Of(RoleActionKind.RememberExternal).Should().ContainSingle();
        driver.Of(RoleActionKind.ProbeVips).Should().ContainSingle();
        driver.Core.Announces.Should().BeTrue();
    }

    [Theory]
    [InlineData(PostedRole.Backup)]
    [InlineData(PostedRole.Fault)]
    [InlineData(PostedRole.Stop)]
    [InlineData(PostedRole.NotDefined)]
    public void External_AnythingButMaster_StepsDown(PostedRole posted)
    {
        var driver = new CoreDriver(CoreDriver.Settings with { Source = RoleSource.External }, new RoleMemory { ExternalUsed = true });
        driver.Do(actions => driver.Core.Post(PostedRole.Master, driver.Now, actions));

        driver.Do(actions => driver.Core.Post(posted, driver.Now, actions));

        driver.Core.Announces.Should().BeFalse();
        driver.Of(RoleActionKind.StopAnnouncing).Should().ContainSingle();
    }
}
