using System.Net;
using Loxi.Bfd.Session;
using Loxi.Bfd.Wire;
using Loxi.Fuzz;

namespace Loxi.Bfd.Fuzz.Targets;

/// <summary>A session under test and what must hold of it after each step.</summary>
internal sealed class SessionWatch(BfdSessionTable table, BfdSession session)
{
    private static readonly IPAddress Peer = IPAddress.Parse("192.0.2.2");
    private static readonly IPAddress Self = IPAddress.Parse("192.0.2.1");

    private readonly byte[] _transmit = new byte[BfdSession.TransmitLength];
    private readonly byte[] _echo = new byte[BfdSession.TransmitLength];
    private int _echoLength;
    private uint _sequence = 1;
    private long _now;
    private long _transitions;

    public void Receive(ReadOnlySpan<byte> bytes, BfdChannel channel, int ttl, long ago)
    {
        var deadline = session.Deadline;
        var state = session.State;
        var datagram = new BfdDatagram { Payload = bytes, Channel = channel, Source = Peer, Destination = Self, Ttl = ttl == 0 ? 255 : ttl, Arrival = _now - ago };
        var step = table.Receive(datagram, _now, _transmit, out var found);
        if (step.Discard is not (BfdDiscardReason.None or BfdDiscardReason.AdministrativelyDown))
        {
            Check(session.Deadline == deadline && session.State == state && step.Transmission == BfdTransmission.None, "a discarded packet changes nothing");
        }

        if (found is not null)
        {
            Look(step);
        }
    }

    /// <summary>24 bytes that are made to pass the first rules.</summary>
    public void ReceivePatched(ReadOnlySpan<byte> bytes, BfdChannel channel, bool sign, long ago)
    {
        Span<byte> packet = stackalloc byte[BfdControlCodec.LongestLength];
        packet.Clear();
        bytes.CopyTo(packet);
        packet[0] = (byte)(0x20 | (packet[0] & 0x1f));
        packet[1] &= 0xfa;
        packet[2] = Math.Max((byte)1, packet[2]);
        packet[3] = 24;
        packet[7] |= 1;
        if (packet[8] % 4 != 0)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(packet[8..], session.LocalDiscriminator);
        }

        var length = BfdControlCodec.MandatoryLength;
        if (sign && session.Settings.Authentication is { } authentication)
        {
            length += BfdAuthenticationSection.LengthOf(authentication.Type, authentication.Keys[0].Secret.Length);
            packet[1] |= 4;
            packet[3] = (byte)length;
            Signature.Add(authentication, _sequence++, packet[..length]);
        }

        Receive(packet[..length], channel, session.Settings.Kind == BfdSessionKind.UnaffiliatedEcho ? 254 : 255, ago);
    }

    public void ReceiveLastEcho(byte change)
    {
        var bytes = _echo.AsSpan(0, _echoLength);
        if (!bytes.IsEmpty && change > 250)
        {
            bytes[change % bytes.Length] ^= change;
        }

        Receive(bytes, BfdChannel.Echo, 254, 0);
    }

    public void Advance(long time)
    {
        var end = _now + time;
        while (session.Deadline <= end)
        {
            _now = Math.Max(_now, session.Deadline);
            Work();
        }

        _now = end;
    }

    public void Stop(long time)
    {
        _now += time;
        Work();
    }

    public void Do(Func<BfdSession, long, byte[], BfdStep> action) => Look(action(session, _now, _transmit));

    private static void Check(bool holds, string rule)
    {
        if (!holds)
        {
            throw new InvariantException(rule);
        }
    }

    /// <summary>Ticks until nothing is due; that must not take long.</summary>
    private void Work()
    {
        for (var i = 0; session.Deadline <= _now; i++)
        {
            Check(i < 8, "a session has not always something to do");
            var state = session.State;
            var step = session.Tick(_now, false, _transmit);
            Check(!step.DrainNeeded || session.State == state, "nothing is down by time before the sockets are drained");
            Look(step);
            if (step.DrainNeeded)
            {
                Look(session.Tick(_now, true, _transmit));
            }
        }
    }

    private void Look(BfdStep step)
    {
        Check(session.Deadline == step.Deadline || step.Discard != BfdDiscardReason.None, "the step says the deadline");
        Check(step.Notifications.HasFlag(BfdNotifications.StateChanged) == (session.TransitionCount != _transitions) || step.Discard != BfdDiscardReason.None, "every transition is notified");
        for (; _transitions < session.TransitionCount; _transitions++)
        {
            if (_transitions >= session.TransitionCount - BfdLimits.HistoryLength)
            {
                CheckTransition(session.GetTransition(_transitions));
            }
        }

        Check(session.DetectionTime == Timeout.InfiniteTimeSpan || session.DetectionTime > TimeSpan.Zero, "the detection time does not overflow");
        Check(session.TransmitInterval > TimeSpan.Zero, "the interval does not overflow");
        if (step.Transmission is BfdTransmission.Control or BfdTransmission.Echo)
        {
            CheckSent(step, _transmit.AsSpan(0, step.Length));
        }
    }

    private void CheckTransition(BfdTransition transition)
    {
        Check(transition.From != transition.To, "a transition goes somewhere");
        Check(transition.To != BfdState.Up || transition.From is BfdState.Down or BfdState.Init, "Up comes after Down or Init");
        Check(transition.To != BfdState.Init || transition.From == BfdState.Down, "Init comes after Down");
        Check(transition.LateBy >= 0, "nothing is early");
    }

    private void CheckSent(BfdStep step, ReadOnlySpan<byte> bytes)
    {
        var isControl = step.Transmission == BfdTransmission.Control || session.Settings.Kind == BfdSessionKind.UnaffiliatedEcho;
        if (step.Transmission == BfdTransmission.Echo)
        {
            bytes.CopyTo(_echo);
            _echoLength = bytes.Length;
        }

        if (!isControl)
        {
            Check(session.State == BfdState.Up && BfdEchoPacket.TryRead(bytes, out _), "echo packets are sent while Up");
            return;
        }

        Check(BfdControlCodec.Read(bytes, out var packet) == BfdDiscardReason.None && packet.Length == bytes.Length, "what is sent can be read");
        Check(!packet.Poll || !packet.Final, "P and F are not sent together");
        Check(!packet.Demand || (session.State == BfdState.Up && session.RemoteState == BfdState.Up), "D is sent when both sides are Up");
        Check(!packet.ControlPlaneIndependent && packet.MyDiscriminator == session.LocalDiscriminator && packet.State == session.State, "the fields are the session's");
        Check(packet.State == BfdState.Up || packet.DesiredMinTxInterval >= 1_000_000, "it is slow while not Up");
        Check(packet.AuthenticationPresent == (session.Settings.Authentication is not null), "an authenticated session sends nothing else");
        Check(!session.Settings.Passive || session.RemoteDiscriminator != 0, "the passive role waits");
    }
}
