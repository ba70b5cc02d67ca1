using FluentAssertions;
using Loxi.Ha.RootTests.Support;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Xunit;

namespace Loxi.Ha.RootTests;

/// <summary>A process that starts while the gates of the former one are open goes on with its role (R1).</summary>
public sealed class ResumeTests
{
    [Fact]
    public async Task WhileTheGatesAreOpen_TheRoleGoesOnWithItsTerm_AndTheOtherNodeSeesNoChange()
    {
        await using var lab = new HaLab();
        var gates = new Gates();
        var (a, b, term) = await StartAsync(lab, gates);
        using var ofB = new Events(b);

        await a.DisposeAsync();
        var next = lab.Speaker(0, gates);
        using var ofNext = new Events(next);
        await next.ReadyAsync(Hold(0));

        (await ofNext.WaitForRoleAsync(HelloRole.Master)).Transition.Should().Match<RoleTransition?>(t => t!.Value.Cause == RoleCause.Resumed && t.Value.Term == term);
        await next.HearMoreAsync(5);
        (await b.GroupAsync()).Role.Should().Be(HelloRole.Backup);
        ofB.Transitions.Should().BeEmpty();
        gates.Owners[HaLab.Group].Should().Be((term, (ushort)0));
    }

    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(1, 0, false)]
    [InlineData(0, 0, true)]
    public async Task AnotherTermOrNode_OrGatesThatHaveClosed_ItListensFirst(int laterTerm, int otherNode, bool closed)
    {
        await using var lab = new HaLab();
        var gates = new Gates();
        var (a, _, term) = await StartAsync(lab, gates);

        await a.DisposeAsync();
        gates.Owners[HaLab.Group] = (term + (ulong)laterTerm, (ushort)otherNode);
        if (closed)
        {
            gates.Refresh(HaLab.Group, TimeSpan.Zero, TimeSpan.Zero);
        }

        var next = lab.Speaker(0, gates);
        await next.ReadyAsync(Hold(0));

        (await next.GroupAsync()).Role.Should().Be(HelloRole.Listening);
    }

    [Fact]
    public async Task RoleThatWasGivenAway_IsNotGoneOnWith()
    {
        await using var lab = new HaLab();
        var gates = new Gates();
        var (a, b, _) = await StartAsync(lab, gates);
        using var ofB = new Events(b);
        await a.StopAsync();
        await ofB.WaitForRoleAsync(HelloRole.Master);
        await a.DisposeAsync();

        var next = lab.Speaker(0, gates);
        await next.ReadyAsync(Hold(0));

        (await next.GroupAsync()).Role.Should().NotBe(HelloRole.Master);
    }

    /// <summary>Node 0 serves, with gates; its role is on disk.</summary>
    private static async Task<(RoleSpeaker A, RoleSpeaker B, ulong Term)> StartAsync(HaLab lab, Gates gates)
    {
        var (a, b) = (lab.Speaker(0, gates), lab.Speaker(1));
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        await a.ReadyAsync(Hold(0));
        await ofA.WaitForRoleAsync(HelloRole.Master);
        await b.ReadyAsync(Hold(1));
        await ofB.WaitForRoleAsync(HelloRole.Backup);
        return (a, b, (await a.GroupAsync()).Term);
    }

    /// <summary>The profile for those who want a restart to keep the role, and slower for a busy machine.</summary>
    private static RoleSpeakerSettings Hold(int node) => HaLab.Node(node, milliseconds: 1000);
}
