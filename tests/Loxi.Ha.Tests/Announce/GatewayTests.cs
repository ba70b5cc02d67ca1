using System.Net;
using FluentAssertions;
using Loxi.Core.Roles;
using Loxi.Ha.Announce;
using Loxi.Linux;
using Xunit;

namespace Loxi.Ha.Tests.Announce;

/// <summary>R13: gateways, and how long a conflict lasts.</summary>
public sealed class GatewayTests : AnnouncerTests
{
    private static readonly IPAddress Gateway4 = IPAddress.Parse("192.0.2.254");
    private static readonly IPAddress Gateway6 = IPAddress.Parse("fe80::fe");
    private static readonly LinkLayerAddress Router = LinkLayerAddress.Parse("02:00:5e:00:53:fe");
    private static readonly TrackedGateway Tracked = new(Gateway4, "eth0");

    [Fact]
    public void Gateway_IsAskedEvery150Ms_AndLostAfterThreeQuestionsWithoutAnAnswer()
    {
        _core.SetGateways([Tracked], At(0));
        Answer(At(1));
        _gateways.Should().ContainSingle().Which.Should().Be(new GatewayStatus(Tracked, GatewayCondition.Answers, At(1)));

        foreach (var at in new[] { 150, 300, 450 })
        {
            _core.Due.Should().Be(At(at));
            _core.Tick(At(at));
        }

        _gateways.Should().HaveCount(1, "the third question has just been sent");
        _system.Sent.Should().HaveCount(4);
        _core.Tick(At(600));
        _gateways[^1].Should().Be(new GatewayStatus(Tracked, GatewayCondition.Lost, At(600)));
        _core.Due.Should().Be(At(1100), "one that is lost is asked seldom");
        StatusOfGateway().Should().Be(_gateways[^1]);

        _core.Tick(At(1100));
        Answer(At(1101));
        _gateways[^1].Should().Be(new GatewayStatus(Tracked, GatewayCondition.Answers, At(1101)));
        _gateways.Should().HaveCount(3);
    }

    [Fact]
    public void AnyAnswerInBetween_BeginsTheCountAnew()
    {
        _core.SetGateways([Tracked], At(0));
        for (var at = 0; at < 5000; at += 150)
        {
            _core.Tick(At(at));
            if (at % 450 == 300)
            {
                Answer(At(at + 1));
            }
        }

        _gateways.Should().OnlyContain(static s => s.Condition == GatewayCondition.Answers);
    }

    [Fact]
    public void ThreadThatDidNotRun_DidNotHear_AndTakesNobodyForLost()
    {
        _core.SetGateways([Tracked], At(0));
        Answer(At(1));
        _core.Tick(At(150));
        _core.Tick(At(300));
        _core.Tick(At(450));

        _core.Tick(At(5000));
        _gateways.Should().ContainSingle();
        _core.Tick(At(5150));
        _core.Tick(At(5300));
        _gateways.Should().ContainSingle();
        _core.Tick(At(5450));
        _gateways[^1].Condition.Should().Be(GatewayCondition.Lost);
    }

    [Fact]
    public void Question_ComesFromTheOwnAddressOfTheSubnet()
    {
        _system.Addresses.Insert(0, new(2, InternetAddress.Parse("192.0.2.100"), 32));
        _core.SetGateways([Tracked], At(0));

        var frame = _system.Sent.Should().ContainSingle().Subject;
        frame[..6].Should().OnlyContain(static b => b == 0xff);
        frame[28..32].Should().Equal(192, 0, 2, 1);
        frame[38..42].Should().Equal(192, 0, 2, 254);
    }

    [Fact]
    public void Question_OfIpv6_ComesFromTheLinkLocalAddress_WithTheOwnMac_AndARightChecksum()
    {
        _system.Addresses.Add(new(2, InternetAddress.Parse("fe80::1"), 64));
        _core.SetGateways([new TrackedGateway(Gateway6, "eth0")], At(0));

        var frame = _system.Sent.Should().ContainSingle().Subject;
        frame.Should().HaveCount(86);
        frame[22..38].Should().Equal(IPAddress.Parse("fe80::1").GetAddressBytes());
        frame[62..78].Should().Equal(Gateway6.GetAddressBytes());
        frame[78..80].Should().Equal(1, 1);
        frame[80..86].Should().Equal(FakeSystem.Mac.ToString().Split(':').Select(static h => Convert.ToByte(h, 16)));
        Sum(frame).Should().Be(0xffff);
    }

    [Fact]
    public void InterfaceThatIsDownOrGone_MakesItsGatewayLost()
    {
        _core.SetGateways([Tracked, new TrackedGateway(Gateway4, "eth7")], At(0));
        _system.Sent.Should().HaveCount(1);
        _core.Tick(At(150));
        _core.Tick(At(300));
        _core.Tick(At(450));

        _gateways.Select(static s => (s.Gateway.Interface, s.Condition)).Should().Equal(("eth0", GatewayCondition.Lost), ("eth7", GatewayCondition.Lost));
    }

    [Fact]
    public void AnswerOnAnotherLink_IsNone()
    {
        _system.Links.Add(_system.Links[1] with { Index = 3, Name = "eth1" });
        _core.SetGateways([Tracked], At(0));

        _core.Claimed([new Claim(3, Gateway4, Router)], At(1));

        _gateways.Should().BeEmpty();
    }

    [Fact]
    public void GatewayThatStays_IsNotForgotten_AndOneThatGoesIsAskedNoMore()
    {
        _core.SetGateways([Tracked], At(0));
        Answer(At(1));
        _core.SetGateways([Tracked, new TrackedGateway(IPAddress.Parse("192.0.2.253"), "eth0")], At(10));
        _core.Status(0).Gateways[0].Condition.Should().Be(GatewayCondition.Answers);

        _core.SetGateways([], At(20));

        _core.Due.Should().Be(TimeSpan.MaxValue);
        _core.Status(0).Gateways.Should().BeEmpty();
    }

    [Fact]
    public void Conflict_LastsUntilTwoQuestionsHadNoAnswer()
    {
        _core.Apply([new("g", [new(Vip4, AddressPlacement.Interface, "lo")], true)], At(0));
        for (var due = _core.Due; due < At(10_000); due = _core.Due)
        {
            _core.Tick(due);
        }

        _core.Claimed([new Claim(2, Vip4, Router)], At(10_000));
        ConflictSince().Should().Be(At(10_000));
        _system.Sent.Clear();
        _core.Due.Should().Be(At(15_000));
        _core.Tick(At(15_000));
        _system.Sent.Should().ContainSingle("it is asked, because a host that has an address need not say so").Which[28..32].Should().OnlyContain(static b => b == 0);
        _core.Claimed([new Claim(2, Vip4, Router)], At(15_001));
        _core.Tick(At(20_001));
        _core.Tick(At(25_001));
        ConflictSince().Should().Be(At(10_000), "it was heard again in between");
        _core.Tick(At(27_001));

        ConflictSince().Should().BeNull();
        _core.Claimed([new Claim(2, Vip4, Router)], At(40_000));
        ConflictSince().Should().Be(At(40_000));
        _core.SetRole("g", false, default, At(41_000));
        ConflictSince().Should().BeNull("it is somebody else's now");

        TimeSpan? ConflictSince() => _core.Status(0).Groups[0].Addresses[0].ConflictSince;
    }

    private static TimeSpan At(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static int Sum(byte[] frame)
    {
        var sum = frame.Length - 54 + 58;
        for (var i = 22; i < frame.Length; i += 2)
        {
            sum += (frame[i] << 8) | frame[i + 1];
        }

        while (sum > 0xffff)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return sum;
    }

    private void Answer(TimeSpan now) => _core.Claimed([new Claim(2, Gateway4, Router)], now);

    private GatewayStatus StatusOfGateway() => _core.Status(0).Gateways.Should().ContainSingle().Subject;
}
