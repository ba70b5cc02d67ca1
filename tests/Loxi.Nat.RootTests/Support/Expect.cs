using System.Net;
using FluentAssertions;
using Loxi.TestKit.Packets;

namespace Loxi.Nat.RootTests.Support;

/// <summary>What is asked of many packets.</summary>
internal static class Expect
{
    public static void ToEndpoint(World world, Outcome outcome, int index = 0, byte ttl = 63)
    {
        outcome.Verdict.Should().Be(Verdict.Sent, outcome.ToString());
        var packet = outcome.Packet;
        packet.Source.Should().Be(IPAddress.Parse(world.Client));
        packet.Destination.Should().Be(IPAddress.Parse(world.Endpoint(index)));
        packet.DestinationMac.Should().Be(World.EndpointMac(index));
        Common(outcome, ttl);
    }

    public static void ToClient(World world, Outcome outcome, byte ttl = 63)
    {
        outcome.Verdict.Should().Be(Verdict.Sent, outcome.ToString());
        var packet = outcome.Packet;
        packet.Source.Should().Be(IPAddress.Parse(world.Vip));
        packet.Destination.Should().Be(IPAddress.Parse(world.Client));
        packet.DestinationMac.Should().Be(World.ClientMac);
        Common(outcome, ttl);
    }

    /// <summary>It leaves, and every byte is as it must be.</summary>
    public static void Sent(Outcome outcome, PacketBuilder expected, string what = "", Verdict verdict = Verdict.Sent)
    {
        var frame = expected.ToFrame();
        outcome.Verdict.Should().Be(verdict, $"{what}: {outcome}");
        Convert.ToHexString(outcome.Frame).Should().Be(Convert.ToHexString(frame), $"{what}:\n  {outcome}\n  expected {new ParsedPacket(frame)}");
    }

    public static void Untouched(Outcome outcome)
    {
        outcome.Verdict.Should().Be(Verdict.Pass, outcome.ToString());
        outcome.IsUnchanged.Should().BeTrue(outcome.ToString());
    }

    /// <summary>An ICMP error to the client about one of its packets.</summary>
    public static void Error(World world, ParsedPacket answer, (int Type, int Code) expected, string from, PacketBuilder about)
    {
        ((int)answer.IcmpType, (int)answer.IcmpCode).Should().Be(expected, answer.ToString());
        answer.Source.Should().Be(IPAddress.Parse(from));
        answer.Destination.Should().Be(IPAddress.Parse(world.Client));
        answer.DestinationMac.Should().Be(World.ClientMac);
        answer.ChecksumsValid.Should().BeTrue();
        var quoted = answer.Embedded!.Bytes.ToArray();
        quoted.Should().Equal(about.ToIp().Take(quoted.Length), "the sender knows its packet by what it sent");
        quoted.Length.Should().BeGreaterThanOrEqualTo(28);
    }

    private static void Common(Outcome outcome, byte ttl)
    {
        outcome.Packet.SourceMac.Should().Be(World.NodeMac);
        outcome.Packet.Ttl.Should().Be(ttl);
        outcome.Packet.ChecksumsValid.Should().BeTrue(outcome.ToString());
    }
}
