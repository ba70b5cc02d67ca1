using System.Reflection;
using FluentAssertions;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Tests.Wire;
using Loxi.Bgp.Wire;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Live;

/// <summary>
/// Each row of the bad input list against a whole speaker over TCP: a route before the input, the input, a route after it, and a second peer that sees what
/// is passed on. Rows about time are in <see cref="LiveTimeTests"/>, those that need more than one input in <see cref="LiveFurtherTests"/>.
/// </summary>
public sealed class LiveBadInputTests
{
    public static TheoryData<string> Names => [.. LiveCases.All.Select(static c => c.Name)];

    [Fact]
    public void EveryRowOfTheList_HasACase()
    {
        var tests = typeof(LiveBadInputTests).Assembly.GetTypes().Where(static type => type.Namespace == typeof(LiveBadInputTests).Namespace)
            .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            .Where(static method => method.IsDefined(typeof(FactAttribute)))
            .SelectMany(static method => method.GetCustomAttributes<TraitAttribute>().Where(static trait => trait.Name == "Row").Select(static trait => trait.Value));
        // Forged packets need privileges: ConnectionTests.T11_ForgedReset of the root tests.
        LiveCases.All.Select(static c => c.Row).Concat(tests).Append("T11").Distinct().Should().BeEquivalentTo(BadInputRows.All);
        LiveCases.All.Select(static c => c.Name).Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Input_HasTheReactionOfTheList(string name)
    {
        var input = LiveCases.All.Single(c => c.Name == name);
        await using var lab = await LiveLab.StartAsync(input.Settings, peerAs: input.IsInternal ? LiveLab.OwnAs : LiveLab.PeerAs);
        var peer = await lab.ConnectAsync();
        if (input.Phase != LivePhase.OpenSent)
        {
            await peer.SendAsync(input.Open);
        }

        var subject = input.IsIpv6 ? LiveLab.Route6Text : LiveLab.Route4;
        var hasRoute = input is { Phase: LivePhase.Established, IsBare: false };
        if (input.Phase == LivePhase.Established)
        {
            await peer.SendAsync(Messages.Keepalive);
            await peer.ReadUntilAsync(MessageType.Keepalive);
        }

        if (hasRoute)
        {
            await peer.SendAsync(Before(input));
            await lab.Witness.UntilHasAsync(subject);
        }

        await peer.SendAsync(input.Input);
        if (input.Reaction is LiveReaction.Reset or LiveReaction.Close)
        {
            await IsEndedAsync(lab, peer, input);
            if (hasRoute)
            {
                await lab.Witness.UntilLostAsync(subject);
            }
        }
        else
        {
            await IsUpAsync(lab, peer, input, subject);
        }

        lab.WitnessIsUntouched();
    }

    private static async Task IsEndedAsync(LiveLab lab, RawPeer peer, LiveCase input)
    {
        if (input.Reaction == LiveReaction.Reset)
        {
            (await peer.ReadNotificationAsync()).Should().Be(input.Answer);
            var end = lab.Report.LastEnd!;
            $"{end.Code}/{end.Subcode}".Should().Be(input.Answer);
            end.IsRemote.Should().BeFalse();
            return;
        }

        while (await peer.ReadAsync() is { } message)
        {
            message[18].Should().NotBe((byte)MessageType.Notification, "a NOTIFICATION is not answered");
        }

        lab.Report.LastEnd!.IsRemote.Should().BeTrue();
    }

    private static async Task IsUpAsync(LiveLab lab, RawPeer peer, LiveCase input, string subject)
    {
        if (input.Phase != LivePhase.Established)
        {
            await peer.SendAsync(Messages.Keepalive);
        }

        // What comes after it is as if nothing had been.
        await peer.SendAsync(Update([], Attributes(input), [24, 203, 0, 113]));
        await lab.Witness.UntilHasAsync(LiveLab.Sentinel);
        var report = lab.Report;
        report.State.Should().Be(BgpState.Established);
        report.Counters.Established.Should().Be(1);
        report.Counters.NotificationsSent.Should().Be(0);
        report.Counters.TreatedAsWithdrawn.Should().Be(input.Reaction == LiveReaction.Withdraw ? 1 : 0);
        report.Counters.AttributesDiscarded.Should().Be(input.Reaction is LiveReaction.Discard or LiveReaction.IgnoredDiscard ? 1 : 0);
        report.Session!.Capabilities.Should().NotContain(input.NotInForce ?? "");
        if (input.Phase != LivePhase.Established)
        {
            return;
        }

        if (input.Present is { } present)
        {
            lab.Find(BgpRouteKind.Received, present).Should().NotBeNull();
            lab.Witness.Routes.Should().ContainKey(present);
        }

        if (input.Absent is { } absent)
        {
            lab.Find(BgpRouteKind.Received, absent).Should().BeNull();
            lab.Find(BgpRouteKind.Rejected, absent).Should().BeNull();
            lab.Witness.Routes.Should().NotContainKey(absent);
        }

        var route = lab.Find(BgpRouteKind.Received, subject);
        var passedOn = lab.Witness.Routes.GetValueOrDefault(subject);
        switch (input.Reaction)
        {
            case LiveReaction.Withdraw:
                route.Should().BeNull();
                passedOn.Should().BeNull();
                var malformed = lab.Speaker.ReadErrors(lab.Key)!.Malformed.Should().ContainSingle().Subject;
                malformed.Message.Should().Equal(input.Input);
                malformed.Prefixes.Should().Contain(System.Net.IPNetwork.Parse(subject));
                break;
            case LiveReaction.Unusable:
                route.Should().BeNull();
                passedOn.Should().BeNull();
                lab.Find(BgpRouteKind.Rejected, subject)!.Rejection.Should().Be(input.Rejection);
                break;
            case LiveReaction.Ignore or LiveReaction.IgnoredDiscard:
                route!.Med.Should().Be(77, "the route before it stays");
                passedOn.Should().NotBeNull();
                break;
            default:
                route!.Med.Should().BeNull("the route is the one of the input");
                passedOn!.Attributes.Should().NotContainKey(input.Gone);
                route.AsPath.Should().Be(input.AsPath ?? route.AsPath);
                if (input.Kept.Length > 0)
                {
                    var (flags, value) = passedOn.Attributes[input.Kept[1]];
                    value.Should().Equal(input.Kept[((input.Kept[0] & Extended) != 0 ? 4 : 3)..]);
                    (flags & ~Extended).Should().Be(Optional | Transitive | Partial);
                }

                break;
        }
    }

    private static byte[] Before(LiveCase input)
    {
        byte[] attributes = [.. Attributes(input), .. Attribute(Optional, 4, Number(77))];
        return input.IsIpv6 ? Update([], [.. MpReach(2, 1, NextHop6, Route6), .. attributes], []) : Update([], attributes, Route);
    }

    private static byte[] Attributes(LiveCase input) => WireCase.Replaced(OriginIgp, LiveCases.ContextOf(input.IsInternal, input.IsTwoOctet));
}
