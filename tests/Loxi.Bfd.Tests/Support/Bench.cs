using System.Net;
using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Wire;
using Loxi.Linux;

namespace Loxi.Bfd.Tests.Support;

/// <summary>One session, a clock, and a peer that says what the test wants. Times are in milliseconds from the start of the clock.</summary>
internal sealed class Bench
{
    public const long Millisecond = 1_000_000;
    public const uint PeerDiscriminator = 0xa1b2c3d4;

    public static readonly IPAddress PeerAddress = IPAddress.Parse("192.0.2.2");
    public static readonly IPAddress LocalAddress = IPAddress.Parse("192.0.2.1");

    /// <summary>50 ms x 3 in both directions.</summary>
    public static readonly BfdSessionSettings Settings = new(PeerAddress)
    {
        LocalAddress = LocalAddress,
        DesiredMinTxInterval = TimeSpan.FromMilliseconds(50),
        RequiredMinRxInterval = TimeSpan.FromMilliseconds(50),
    };

    // Not zero, so that nothing works by a time that was never set.
    private static readonly long Start = TimeSpan.FromDays(3).Ticks * 100;

    private readonly byte[] _transmit = new byte[BfdSession.TransmitLength];

    public Bench(BfdSessionSettings? settings = null, TestRandom? random = null)
    {
        Random = random ?? new TestRandom();
        Table = new BfdSessionTable(Random);
        Clock = Start;
        Session = Table.Add(settings ?? Settings, default, 0, Clock);
        Channel = Session.Settings.Kind switch
        {
            BfdSessionKind.Multihop => BfdChannel.Multihop,
            BfdSessionKind.UnaffiliatedEcho => BfdChannel.Echo,
            _ => BfdChannel.SingleHop,
        };
    }

    public TestRandom Random { get; }

    public BfdSessionTable Table { get; }

    public BfdSession Session { get; }

    public BfdChannel Channel { get; set; }

    public long Clock { get; private set; }

    public double Now => (Clock - Start) / (double)Millisecond;

    public List<Sent> Sent { get; } = [];

    /// <summary>Whether the peer returns echo packets, at once.</summary>
    public bool EchoReturns { get; set; } = true;

    public BfdNotifications Notifications { get; private set; }

    /// <summary>The packet that the peer sends, but for what a test changes.</summary>
    public BfdControlPacket Peer { get; set; } = new()
    {
        State = BfdState.Up,
        DetectMult = 3,
        Length = BfdControlCodec.MandatoryLength,
        MyDiscriminator = PeerDiscriminator,
        DesiredMinTxInterval = 50_000,
        RequiredMinRxInterval = 50_000,
    };

    public IEnumerable<Sent> SentControl => Sent.Where(s => s.Transmission == BfdTransmission.Control);

    public IEnumerable<Sent> SentEcho => Sent.Where(s => s.Transmission == BfdTransmission.Echo);

    public BfdControlPacket LastSent => SentControl.Last().Packet;

    public BfdTransition LastTransition => Session.GetTransition(Session.TransitionCount - 1);

    public double At(long clock) => clock == long.MaxValue ? double.PositiveInfinity : (clock - Start) / (double)Millisecond;

    /// <summary>A packet of the peer to this session.</summary>
    public BfdControlPacket Say(BfdState state) => Peer with { State = state, YourDiscriminator = Session.LocalDiscriminator };

    public BfdStep Receive(BfdState state) => Receive(Say(state));

    public BfdStep Receive(BfdControlPacket packet, int ttl = 255, double ago = 0, IPAddress? source = null)
    {
        var bytes = new byte[Math.Max((int)packet.Length, BfdControlCodec.MandatoryLength)];
        BfdControlCodec.Write(packet, bytes);
        return Receive(bytes, ttl, ago, source);
    }

    /// <summary>One of our echo packets comes back.</summary>
    public BfdStep ReceiveEcho(byte[] bytes, int ttl = 254, double ago = 0)
    {
        var datagram = new BfdDatagram
        {
            Payload = bytes,
            Channel = BfdChannel.Echo,
            Source = LocalAddress,
            Destination = LocalAddress,
            Ttl = ttl,
            Arrival = Clock - Nanoseconds(ago),
        };
        return Take(Table.Receive(datagram, Clock, _transmit, out _));
    }

    public BfdStep Receive(byte[] bytes, int ttl = 255, double ago = 0, IPAddress? source = null, IPAddress? destination = null, int interfaceIndex = 0)
    {
        var datagram = new BfdDatagram
        {
            Payload = bytes,
            Channel = Channel,
            Source = source ?? Session.Settings.PeerAddress,
            Destination = destination ?? LocalAddress,
            InterfaceIndex = interfaceIndex,
            Ttl = ttl,
            Arrival = Clock - Nanoseconds(ago),
        };
        return Take(Table.Receive(datagram, Clock, _transmit, out _));
    }

    /// <summary>A packet from a socket of its own, which others may have overtaken.</summary>
    public BfdStep ReceiveOutOfOrder(BfdControlPacket packet, bool mayBeOutdated, double ago)
    {
        var bytes = new byte[BfdControlCodec.MandatoryLength];
        BfdControlCodec.Write(packet, bytes);
        var datagram = new BfdDatagram
        {
            Payload = bytes,
            Channel = Channel,
            Source = Session.Settings.PeerAddress,
            Destination = LocalAddress,
            Ttl = 255,
            Arrival = Clock - Nanoseconds(ago),
            MayBeOutdated = mayBeOutdated,
        };
        return Take(Table.Receive(datagram, Clock, _transmit, out _));
    }

    /// <summary>Something that the own side does.</summary>
    public BfdStep Do(Func<BfdSession, long, byte[], BfdStep> action) => Take(action(Session, Clock, _transmit));

    /// <summary>Time passes; every tick comes when it is due, and nothing waits in the sockets.</summary>
    public void Advance(double milliseconds)
    {
        var end = Clock + Nanoseconds(milliseconds);
        while (Session.Deadline <= end)
        {
            Clock = Math.Max(Clock, Session.Deadline);
            if (Tick().Transmission == BfdTransmission.Echo && EchoReturns)
            {
                ReceiveEcho(Sent[^1].Bytes);
            }
        }

        Clock = end;
    }

    /// <summary>Time passes and nobody looks.</summary>
    public void Stop(double milliseconds) => Clock += Nanoseconds(milliseconds);

    public BfdStep Tick(bool drained = true) => Take(Session.Tick(Clock, drained, _transmit));

    /// <summary>The time passes while the peer sends as often as its settings say.</summary>
    public void AdvanceWithPeer(double milliseconds, BfdControlPacket? packet = null)
    {
        var said = packet ?? Say(BfdState.Up);
        var interval = Math.Max(said.DesiredMinTxInterval / 1000.0, Session.Settings.RequiredMinRxInterval.TotalMilliseconds);
        for (; milliseconds > 0; milliseconds -= interval)
        {
            Receive(said);
            Advance(Math.Min(interval, milliseconds));
        }
    }

    /// <summary>Answers a Poll that was sent.</summary>
    public BfdStep AnswerPoll()
    {
        LastSent.Poll.Should().BeTrue();
        return Receive(Say(BfdState.Up) with { Final = true });
    }

    /// <summary>Through the handshake to Up, with the Poll Sequences after it answered; what was sent is forgotten.</summary>
    public Bench BringUp()
    {
        Advance(0);
        Receive(Peer with { State = BfdState.Down });
        Receive(BfdState.Init);
        Session.State.Should().Be(BfdState.Up);
        // A second sequence when the D bit changed during the first one.
        for (var i = 0; i < 3; i++)
        {
            AdvanceWithPeer(Session.TransmitInterval.TotalMilliseconds);
            if (Session.PollActive)
            {
                AnswerPoll();
            }

            Receive(BfdState.Up);
        }

        Session.PollActive.Should().BeFalse();
        Sent.Clear();
        Notifications = BfdNotifications.None;
        return this;
    }

    public static long Nanoseconds(double milliseconds) => (long)Math.Round(milliseconds * Millisecond);

    private BfdStep Take(BfdStep step)
    {
        Notifications |= step.Notifications;
        if (step.Transmission is BfdTransmission.Control or BfdTransmission.Echo)
        {
            Sent.Add(new Sent(Clock, step.Transmission, _transmit[..step.Length]));
        }

        return step;
    }
}
