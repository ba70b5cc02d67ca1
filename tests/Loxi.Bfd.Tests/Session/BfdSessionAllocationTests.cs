using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;
using Xunit;

namespace Loxi.Bfd.Tests.Session;

/// <summary>A packet of a session that is up costs the heap nothing, nor does one that is discarded.</summary>
public sealed class BfdSessionAllocationTests
{
    private const int Packets = 1_000;

    private static BfdDatagram Datagram(byte[] bytes, long arrival) => new()
    {
        Payload = bytes,
        Source = Bench.PeerAddress,
        Destination = Bench.LocalAddress,
        Ttl = 255,
        Arrival = arrival,
    };

    [Fact]
    public void SteadyState_AllocatesNothing()
    {
        var bench = new Bench().BringUp();
        var bytes = Support.Packets.Bytes(bench.Say(BfdState.Up));
        var transmit = new byte[BfdSession.TransmitLength];
        var now = bench.Clock;
        long sent = 0;
        Allocations.Of(() =>
        {
            for (var i = 0; i < Packets; i++)
            {
                now += 40_000_000;
                bench.Table.Receive(Datagram(bytes, now - 1_000), now, transmit, out _);
                now += 10_000_000;
                sent += bench.Session.Tick(now, false, transmit).Length;
            }
        }).Should().Be(0);
        sent.Should().BeGreaterThan(Packets * 20);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void SteadyStateWithAuthentication_AllocatesNothing()
    {
        var bench = new Bench(Bench.Settings with { Authentication = Keys.Sha1, DetectMult = 200 });
        uint sequence = 1;
        bench.Receive(Signed.By(Keys.Sha1, bench.Peer with { State = BfdState.Down }, sequence++));
        bench.Receive(Signed.By(Keys.Sha1, bench.Say(BfdState.Init), sequence++));
        var packets = Enumerable.Range(0, Packets * 6).Select(_ => Signed.By(Keys.Sha1, bench.Say(BfdState.Up), sequence++)).ToArray();
        var transmit = new byte[BfdSession.TransmitLength];
        var now = bench.Clock;
        var next = 0;
        Allocations.Of(() =>
        {
            for (var i = 0; i < Packets; i++)
            {
                now += 10_000_000;
                bench.Table.Receive(Datagram(packets[next++], now), now, transmit, out _);
                bench.Session.Tick(now, false, transmit);
            }
        }).Should().Be(0);
        bench.Session.State.Should().Be(BfdState.Up);
        bench.Session.ReceivedPackets.Should().BeGreaterThan(Packets);
    }

    [Fact]
    public void EchoPackets_AllocateNothing()
    {
        var bench = new Bench(Bench.Settings with { DesiredMinEchoTxInterval = TimeSpan.FromMilliseconds(10) });
        bench.Peer = bench.Peer with { RequiredMinEchoRxInterval = 10_000 };
        bench.BringUp();
        var transmit = new byte[BfdSession.TransmitLength];
        var now = bench.Clock;
        var bytes = Support.Packets.Bytes(bench.Say(BfdState.Up) with { RequiredMinEchoRxInterval = 10_000 });
        long echoes = 0;
        void Return(BfdStep step)
        {
            if (step.Transmission == BfdTransmission.Echo)
            {
                echoes++;
                bench.Table.Receive(new BfdDatagram { Payload = transmit.AsSpan(0, step.Length), Channel = BfdChannel.Echo, Ttl = 254, Arrival = now }, now, transmit, out _);
            }
        }

        Allocations.Of(() =>
        {
            for (var i = 0; i < Packets; i++)
            {
                now += 10_000_000;
                Return(bench.Table.Receive(Datagram(bytes, now), now, transmit, out _));
                Return(bench.Session.Tick(now, false, transmit));
            }
        }).Should().Be(0);
        echoes.Should().BeGreaterThan(Packets / 2);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void DiscardedPackets_AllocateNothing()
    {
        var bench = new Bench().BringUp();
        var transmit = new byte[BfdSession.TransmitLength];
        byte[][] bad =
        [
            [],
            new byte[20],
            Support.Packets.Bytes(bench.Say(BfdState.Down) with { YourDiscriminator = 1 }),
            Signed.By(Keys.Sha1, bench.Say(BfdState.Down)),
        ];
        var now = bench.Clock;
        Allocations.Of(() =>
        {
            for (var i = 0; i < Packets; i++)
            {
                foreach (var bytes in bad)
                {
                    bench.Table.Receive(Datagram(bytes, now), now, transmit, out _);
                }
            }
        }).Should().Be(0);
    }

    [Fact]
    public void ChangesOfState_AllocateNothing()
    {
        var bench = new Bench().BringUp();
        var transmit = new byte[BfdSession.TransmitLength];
        var now = bench.Clock;
        byte[][] packets = [.. new[] { BfdState.Down, BfdState.Init, BfdState.Up }.Select(s => Support.Packets.Bytes(bench.Say(s)))];
        Allocations.Of(() =>
        {
            foreach (var bytes in packets)
            {
                now += 20_000_000;
                bench.Table.Receive(Datagram(bytes, now), now, transmit, out _);
            }
        }).Should().Be(0);
        bench.Session.TransitionCount.Should().BeGreaterThan(5);
    }
}
