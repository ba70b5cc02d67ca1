using System.Buffers.Binary;
using System.Net;
using CsCheck;
using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Transport;
using Loxi.Linux;
using Xunit;

namespace Loxi.Bfd.Tests.Transport;

public sealed class SelectorProgramTests
{
    private static readonly byte[] Peer = [192, 0, 2, 1];
    private static readonly byte[] Peer6 = IPAddress.Parse("2001:db8::1").GetAddressBytes();
    private static readonly uint[] Discriminators = [0x01020304, 0x80000000, 0xffffffff];

    private enum Field
    {
        None,
        Version,
        Length,
        Ttl,
        Discriminator,
        Source,
    }

    [Theory]
    [InlineData(BfdState.Up, 0x00, 0)]
    [InlineData(BfdState.Up, 0x20, 1)] // Poll
    [InlineData(BfdState.Up, 0x10, 1)] // Final
    [InlineData(BfdState.Init, 0x00, 1)]
    [InlineData(BfdState.Down, 0x00, 1)]
    [InlineData(BfdState.AdminDown, 0x00, 1)]
    [InlineData(BfdState.Up, 0x0f, 0)] // C, A, D, M are the reader's affair
    public void KnownDiscriminator_IsDividedByWhetherSomethingChanges(BfdState state, byte flags, int expected)
    {
        foreach (var discriminator in Discriminators)
        {
            Classify(Packet(state, flags, discriminator), ttl: 255, Peer).Should().Be((PacketClass)expected);
            Classify(Packet(state, flags, discriminator), ttl: 255, [198, 51, 100, 9]).Should().Be((PacketClass)expected, "a session may be heard from another address (RFC 5880 6.3)");
        }
    }

    [Theory]
    [InlineData(BfdState.Down, 2)]
    [InlineData(BfdState.AdminDown, 2)]
    [InlineData(BfdState.Init, 3)]
    [InlineData(BfdState.Up, 3)]
    public void DiscriminatorZero_IsAStrangerWhenItMayBe(BfdState state, int expected)
    {
        Classify(Packet(state, 0, 0), ttl: 255, Peer).Should().Be((PacketClass)expected);
        Classify(Packet(state, 0, 0), ttl: 255, Peer6).Should().Be((PacketClass)expected);
        Classify(Packet(state, 0, 0), ttl: 255, [192, 0, 2, 2]).Should().Be(PacketClass.Refused);
    }

    [Theory]
    [InlineData(Field.None, 0)]
    [InlineData(Field.Version, 3)]
    [InlineData(Field.Length, 3)]
    [InlineData(Field.Ttl, 3)]
    [InlineData(Field.Discriminator, 3)]
    public void WhatEverySessionWouldDiscard_IsRefused(object field, int expected)
    {
        var packet = Packet(BfdState.Up, 0, (Field)field == Field.Discriminator ? 0x01020305 : Discriminators[0]);
        packet[0] = (Field)field == Field.Version ? (byte)0x40 : (byte)0x20;
        packet[3] = (Field)field == Field.Length ? (byte)23 : (byte)24;
        Classify(packet, (Field)field == Field.Ttl ? 254 : 255, Peer).Should().Be((PacketClass)expected);
    }

    [Fact]
    public void ShortDatagram_OfEachLength_IsRefused()
    {
        var packet = Packet(BfdState.Up, 0, Discriminators[0]);
        for (var length = 0; length < 24; length++)
        {
            Classify(packet[..length], ttl: 255, Peer).Should().Be(PacketClass.Refused, $"it has {length} bytes");
        }

        Classify([.. packet, .. new byte[1200]], ttl: 255, Peer).Should().Be(PacketClass.Steady, "what is behind the packet does not matter");
    }

    [Fact]
    public void Coarse_KnowsNoDiscriminatorAndNoPeer()
    {
        var program = SelectorProgram.Build(Input(false, 255).Coarse);

        Run(program, Packet(BfdState.Up, 0, 77), 255, Peer).Should().Be(PacketClass.Steady);
        Run(program, Packet(BfdState.Down, 0, 0), 255, [198, 51, 100, 9]).Should().Be(PacketClass.Stranger);
        Run(program, Packet(BfdState.Up, 0, 77), 254, Peer).Should().Be(PacketClass.Refused);
    }

    [Fact]
    public void ManySessions_EveryDiscriminatorIsFoundAndNoOther() => Gen.Select(Gen.UInt[1, uint.MaxValue].HashSet[1, 700], Gen.UInt[1, uint.MaxValue].Array[20]).Sample(
        static (known, others) =>
        {
            var program = SelectorProgram.Build(new SelectorInput { MinimumTtl = 255, Discriminators = known, Peers = [0xc0000201] });
            program.Length.Should().BeLessThanOrEqualTo(4096);
            foreach (var discriminator in known.Concat(others))
            {
                Run(program, Packet(BfdState.Up, 0, discriminator), 255, Peer).Should().Be(known.Contains(discriminator) ? PacketClass.Steady : PacketClass.Refused);
            }
        },
        iter: 20);

    /// <summary>What the selector refuses nobody may want: it is held against the table of the sessions, with which it shares no code.</summary>
    [Fact]
    public void AnyPacket_ThatASessionTakes_IsNotRefused()
    {
        var random = new Random(1);
        var table = new BfdSessionTable(random);
        var session = table.Add(new BfdSessionSettings(new IPAddress(Peer)), default, 0, 0);
        var program = SelectorProgram.Build(new SelectorInput { MinimumTtl = 255, Discriminators = [session.LocalDiscriminator], Peers = [0xc0000201] });
        var transmit = new byte[BfdSession.TransmitLength];
        var (taken, refused) = (0, 0);
        for (var i = 0; i < 200_000; i++)
        {
            var packet = Packet((BfdState)random.Next(4), (byte)(random.Next(4) == 0 ? random.Next(64) : 0), random.Next(3) switch { 0 => 0, 1 => session.LocalDiscriminator, _ => (uint)random.Next() });
            if (random.Next(4) == 0)
            {
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            }

            var ttl = random.Next(8) == 0 ? random.Next(256) : 255;
            byte[] source = random.Next(8) == 0 ? [192, 0, 2, (byte)random.Next(4)] : Peer;
            var datagram = new BfdDatagram { Payload = packet, Source = InternetAddress.FromBytes(source), Destination = InternetAddress.Parse("192.0.2.9"), Ttl = ttl, Arrival = i };
            var kind = Run(program, packet, ttl, source);

            var step = table.Receive(datagram, i, transmit, out _);

            if (step.Discard == BfdDiscardReason.None)
            {
                taken++;
                kind.Should().NotBe(PacketClass.Refused, Convert.ToHexString(packet));
            }

            refused += kind == PacketClass.Refused ? 1 : 0;
        }

        taken.Should().BeGreaterThan(10_000);
        refused.Should().BeGreaterThan(10_000);
    }

    private static PacketClass Classify(byte[] packet, int ttl, byte[] source) => Run(SelectorProgram.Build(Input(source.Length == 16, 255)), packet, ttl, source);

    private static PacketClass Run(Loxi.Linux.Sockets.BpfInstruction[] program, byte[] packet, int ttl, byte[] source)
    {
        var network = new byte[source.Length == 16 ? 40 : 20];
        network[source.Length == 16 ? 7 : 8] = (byte)ttl;
        source.CopyTo(network, source.Length == 16 ? 8 : 12);
        return (PacketClass)ClassicBpf.Run(program, packet, network);
    }

    private static SelectorInput Input(bool isV6, int minimumTtl) => new()
    {
        IsV6 = isV6,
        MinimumTtl = minimumTtl,
        Discriminators = Discriminators,
        Peers = [0xc0000201, 0x00000001, 0x0a000001],
    };

    private static byte[] Packet(BfdState state, byte flags, uint yourDiscriminator)
    {
        var packet = new byte[24];
        packet[0] = 0x20;
        packet[1] = (byte)(((int)state << 6) | flags);
        packet[2] = 3;
        packet[3] = 24;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), 7);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), yourDiscriminator);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), 50_000);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), 50_000);
        return packet;
    }
}
