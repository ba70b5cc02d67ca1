using FluentAssertions;
using Loxi.Ebpf.Native.Links;
using Loxi.TestKit.Scenarios;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>
/// F26 of the matrix in scenarios 1 to 3: somebody takes the programs off the interface of the node that serves. They are put on again; where another's program is in their place, the nodes that
/// decide move the role. The bound is that of the matrix and half a second for a busy machine.
/// </summary>
[Trait("Suite", Suites.Matrix)]
public sealed class DetachedFaultTests
{
    private const string Device = "eth0";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1.5);

    [Theory]
    [InlineData(ScenarioKind.FlatL2, true)]
    [InlineData(ScenarioKind.FlatL2, false)]
    [InlineData(ScenarioKind.ActiveBackupBgp, true)]
    [InlineData(ScenarioKind.ActiveBackupBgp, false)]
    [InlineData(ScenarioKind.ActiveActiveBgp, false)]
    public async Task F26_ProgramsTakenOff_AreOnAgain_AndNoRoleMoves(ScenarioKind kind, bool peers)
    {
        IReadOnlyList<AttachPoint> after = [];
        var result = await Faults.RunAsync(Options(kind, peers), Faults.Make(
            "programs taken off",
            static (lab, victim) => Detachment.Detach(lab.Nodes[victim].Host, PinsOf(lab, victim), Device),
            (lab, victim) => after = Detachment.ProgramsOn(lab.Nodes[victim].Host, Device)));

        after.Should().Equal(AttachPoint.TcxIngress, AttachPoint.TcxEgress);
        result.LongestGap.Should().BeLessThan(Bound);
        result.NewConnections.Spans[^1].Owners.Should().NotBeEmpty();
        result.Transitions.Should().Be(0);
        if (kind != ScenarioKind.ActiveActiveBgp)
        {
            result.Shared.Should().Be(TimeSpan.Zero);
        }
    }

    [Theory]
    [InlineData(ScenarioKind.FlatL2)]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    public async Task F26_AnotherProgramInTheirPlace_TheRoleMoves(ScenarioKind kind)
    {
        IDisposable? other = null;
        try
        {
            var options = Options(kind, peers: true);
            var flags = options.NodeFlags!;
            var result = await Faults.RunAsync(options with { NodeFlags = index => [.. flags(index), "--hook", $"tc,{Device}=xdp"] }, Faults.Make(
                "programs taken off, another's in their place",
                (lab, victim) => other = Detachment.TakeXdp(lab.Nodes[victim].Host, PinsOf(lab, victim), Device),
                (_, _) => other?.Dispose()));

            result.Promoted.Should().BeLessThan(Bound);
            result.LongestGap.Should().BeLessThan(Bound);
            result.Roles.Last(change => change.Node == result.Survivor).Role.Should().Be("MASTER");
            result.Roles.Last(change => change.Node == result.Victim).Role.Should().Be("BACKUP", "who has its programs again does not take the role back");
            result.Transitions.Should().Be(2);
            result.NewConnections.Spans[^1].Owners.Should().NotBeEmpty("the other node serves");
        }
        finally
        {
            other?.Dispose();
        }
    }

    private static string PinsOf(ScenarioLab lab, int index) => $"/sys/fs/bpf/loxi/{lab.Nodes[index].Host.Instance}";

    private static ScenarioOptions Options(ScenarioKind kind, bool peers) => peers
        ? new() { Kind = kind, PeerLink = true, ControllerRoles = false, NodeFlags = ScenarioLab.PeerFlags }
        : new() { Kind = kind };
}
