using FluentAssertions;
using Loxi.Ha.RootTests.Support;
using Loxi.Ha.Transport;
using Xunit;

namespace Loxi.Ha.RootTests;

/// <summary>Keys on real sockets.</summary>
public sealed class KeyTests
{
    private static readonly HelloKey Old = new(1, [.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly HelloKey New = new(2, [.. Enumerable.Repeat((byte)2, 32)]);

    internal static HelloAuthentication Enforced => new() { Mode = HelloAuthenticationMode.Enforce, Keys = [Old], Required = true };

    [Fact]
    public async Task FromBootstrapToEnforce_AndToAnotherKey_WithoutAChangeOfRole()
    {
        await using var lab = new HaLab();
        var (a, b) = await lab.PairAsync();
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        (await a.ReadStatusAsync()).Alarms.Should().ContainSingle(static alarm => alarm.Alarm == HelloAlarm.Unauthenticated);

        HelloAuthentication[] steps =
        [
            new() { Mode = HelloAuthenticationMode.ReceiveOnly, Keys = [Old] },
            new() { Mode = HelloAuthenticationMode.Permissive, Keys = [Old] },
            Enforced,
            new() { Mode = HelloAuthenticationMode.Enforce, Keys = [Old, New], SendKeyId = 1 },
            new() { Mode = HelloAuthenticationMode.Enforce, Keys = [Old, New], SendKeyId = 2 },
            new() { Mode = HelloAuthenticationMode.Enforce, Keys = [New] },
        ];
        foreach (var step in steps)
        {
            await a.SetAsync(HaLab.Node(0) with { Authentication = step });
            await b.HearMoreAsync(4);
            await a.HearMoreAsync(4);
            await b.SetAsync(HaLab.Node(1) with { Authentication = step });
            await b.HearMoreAsync(4);
            await a.HearMoreAsync(4);
        }

        ofA.Transitions.Should().BeEmpty();
        ofB.Transitions.Should().BeEmpty();
        var status = await a.ReadStatusAsync();
        status.Alarms.Should().BeEmpty();
        status.Discards.Values.Should().OnlyContain(static count => count == 0);
        status.Peers[0].IsAuthenticated.Should().BeTrue();
        status.Peers[0].KeyId.Should().Be(New.Id);
    }

    [Fact]
    public async Task OtherKey_IsNobodysHello_AndIsSaid()
    {
        await using var lab = new HaLab();
        var (a, b) = await lab.PairAsync(static s => s with { Authentication = Enforced });
        using var ofA = new Events(a);

        await b.SetAsync(HaLab.Node(1) with { Authentication = new HelloAuthentication { Mode = HelloAuthenticationMode.Enforce, Keys = [New] } });

        (await ofA.WaitForAsync(HelloAlarm.WrongAuthentication)).Text.Should().Contain("UnknownKey").And.Contain("192.0.2.2");
        await a.WaitUntilAsync(static s => !s.Peers[0].IsHeard, "node 1 is not heard");
        ofA.Transitions.Should().BeEmpty("the master stays what it is");
    }
}
