using FluentAssertions;
using Loxi.Ha.Roles;
using Xunit;

namespace Loxi.Ha.Tests.Roles;

/// <summary>R7 and R10: until when the data plane serves, and the witness.</summary>
public sealed class GateTests
{
    [Fact]
    public void R7_OfAMaster_BothAreOpenForThreeIntervals_RefreshedEvery50Milliseconds()
    {
        var driver = CoreDriver.Master(out _);
        var from = driver.Log.Count;
        driver.Run(1000);

        var gates = driver.Log.Skip(from).Where(static entry => entry.Action.Kind == RoleActionKind.SetGates).ToList();
        gates.Should().HaveCountGreaterThanOrEqualTo(19);
        gates.Should().OnlyContain(static entry => entry.Action.AliveUntil == entry.At + TimeSpan.FromMilliseconds(300) && entry.Action.AnswerUntil == entry.Action.AliveUntil);
        gates.Zip(gates.Skip(1), static (a, b) => b.At - a.At).Should().OnlyContain(static gap => gap <= TimeSpan.FromMilliseconds(60));
    }

    [Fact]
    public void R7_OfABackup_ItForwardsAndDoesNotAnswer()
    {
        var driver = CoreDriver.Backup(out _);
        driver.Run(500);

        var gates = driver.Of(RoleActionKind.SetGates).Last();
        gates.Action.AliveUntil.Should().Be(gates.At + TimeSpan.FromMilliseconds(300));
        gates.Action.AnswerUntil.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void R7_WithGracefulRestart_OnlyTheGateForForwardingIsFurtherAhead()
    {
        var driver = CoreDriver.Master(out _, CoreDriver.Settings with { AliveAhead = TimeSpan.FromSeconds(120) });

        var gates = driver.Of(RoleActionKind.SetGates).Last();
        gates.Action.AliveUntil.Should().Be(gates.At + TimeSpan.FromSeconds(120));
        gates.Action.AnswerUntil.Should().Be(gates.At + TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public void R10_WithoutALease_NobodyServes()
    {
        var driver = new CoreDriver(CoreDriver.Settings with { Witness = true }, null, new FakePeer(2) { On = false });
        driver.Run(5000);

        driver.Core.Role.Should().NotBe(HelloRole.Master);
        driver.Of(RoleActionKind.AcquireWitness).Should().NotBeEmpty();
    }

    [Fact]
    public void R10_LeaseRunsOut_TheMasterStopsASecondBefore()
    {
        var driver = CoreDriver.Master(out _, CoreDriver.Settings with { Witness = true }, static d => d.Lease = TimeSpan.FromSeconds(10));
        driver.Core.Role.Should().Be(HelloRole.Master);
        var end = driver.Now + driver.Lease;

        driver.Lease = TimeSpan.Zero;
        driver.Run(12_000);

        driver.Core.Role.Should().Be(HelloRole.Backup);
        var lost = driver.Transitions.Single(static t => t.Cause == RoleCause.WitnessLost);
        lost.Time.Should().BeLessThanOrEqualTo(end - TimeSpan.FromSeconds(1) + TimeSpan.FromMilliseconds(10));
        driver.Of(RoleActionKind.ReleaseWitness).Should().NotBeEmpty();
    }
}
