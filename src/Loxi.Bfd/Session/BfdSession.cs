using Loxi.Bfd.Wire;
using Loxi.Linux;

namespace Loxi.Bfd.Session;

/// <summary>
/// One session as a pure state machine (RFC 5880 6.8): events and the time go in, packets, notifications and the next deadline come
/// out. No socket, no clock, no thread of its own, no allocation after it was made; not safe for concurrent calls.
/// </summary>
/// <remarks>
/// <para>All times are nanoseconds of one clock that never goes back, e.g. <see cref="Loxi.Linux.Time.MonotonicClock"/>.</para>
/// <para>
/// What the transport must do: hand over each datagram with its arrival time by <see cref="BfdSessionTable.Receive"/>; call
/// <see cref="Tick"/> not later than <see cref="Deadline"/>; send what a step returns before the next event; when a step says
/// <see cref="BfdStep.DrainNeeded"/>, read the clock, hand over every datagram that waits, and tick with that time and <c>drained</c>.
/// A session is never declared down by time before that, so that a process that was stopped does not take its own absence for the peer's.
/// </para>
/// </remarks>
public sealed partial class BfdSession
{
    /// <summary>Bytes of room that each step needs for the packet that it may send.</summary>
    public const int TransmitLength = BfdControlCodec.LongestLength;

    private const long NanosecondsPerMicrosecond = 1_000;

    private readonly Random _random;
    private readonly BfdAuthenticator _authenticator;
    private BfdParameters _parameters;
    private BfdNotifications _raised;

    internal BfdSession(BfdSessionSettings settings, uint localDiscriminator, Random random, long now)
    {
        Settings = settings;
        LocalDiscriminator = localDiscriminator;
        _random = random;
        _parameters = new BfdParameters(settings);
        _authenticator = new BfdAuthenticator(settings.Authentication, NextUInt32());
        _source = settings.PeerAddress;
        _nextTransmitAfter = now;
        _detectionRestart = now;
        if (settings.AdministrativelyDown)
        {
            State = BfdState.AdminDown;
            LocalDiagnostic = BfdDiagnostic.AdministrativelyDown;
        }

        (_desiredMinTx, _requiredMinRx) = TargetTimers();
        (_activeDesiredMinTx, _activeRequiredMinRx) = (_desiredMinTx, _requiredMinRx);
        Deadline = NextDeadline();
        _dueAt = Math.Max(Deadline, now);
    }

    /// <summary>The settings in force.</summary>
    public BfdSessionSettings Settings { get; private set; }

    /// <summary>bfd.LocalDiscr: random, unique in its table, not zero.</summary>
    public uint LocalDiscriminator { get; }

    /// <summary>bfd.SessionState.</summary>
    public BfdState State { get; private set; } = BfdState.Down;

    /// <summary>bfd.LocalDiag.</summary>
    public BfdDiagnostic LocalDiagnostic { get; private set; }

    /// <summary>When the next <see cref="Tick"/> is due, in nanoseconds; <see cref="long.MaxValue"/> for never.</summary>
    public long Deadline { get; private set; }

    /// <summary>What its table finds a first packet by.</summary>
    internal BfdDemultiplexKey Key { get; set; }

    private bool IsUp => State == BfdState.Up;

    private bool IsUnaffiliated => Settings.Kind == BfdSessionKind.UnaffiliatedEcho;

    /// <summary>Time has passed. One packet at most is sent by a step: while <see cref="Deadline"/> is not after <paramref name="now"/>, call again.</summary>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <param name="drained">Whether every datagram that had arrived by <paramref name="now"/> has been handed over.</param>
    /// <param name="transmit">Room for the packet, <see cref="TransmitLength"/> bytes.</param>
    /// <returns>What to do.</returns>
    /// <exception cref="ArgumentException"><paramref name="transmit"/> is too short.</exception>
    public BfdStep Tick(long now, bool drained, Span<byte> transmit)
    {
        Begin(transmit);
        NoteLateness(now);
        var drainNeeded = false;
        if (now >= ExpiresAt)
        {
            if (drained)
            {
                Expire(now);
            }
            else
            {
                drainNeeded = true;
            }
        }

        VerifyDemand(now);
        return End(now, transmit) with { DrainNeeded = drainNeeded };
    }

    /// <summary>Takes a picture of the session for others. Allocates.</summary>
    /// <returns>The picture.</returns>
    public BfdSessionStatus GetStatus() => new(this);

    private static void CheckRoom(Span<byte> transmit)
    {
        if (transmit.Length < TransmitLength)
        {
            throw new ArgumentException($"{TransmitLength} bytes of room are needed, there are {transmit.Length}.", nameof(transmit));
        }
    }

    private void Begin(Span<byte> transmit)
    {
        CheckRoom(transmit);
        _raised = BfdNotifications.None;
    }

    private BfdStep End(long now, Span<byte> transmit, bool answerPoll = false)
    {
        FollowChanges(now);
        var transmission = Emit(now, transmit, answerPoll, out var length);
        UpdateAlarm();
        Deadline = NextDeadline();
        _dueAt = Math.Max(Deadline, now);
        return new BfdStep { Transmission = transmission, Length = length, Notifications = _raised, Deadline = Deadline };
    }

    private uint NextUInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        _random.NextBytes(bytes);
        return BitConverter.ToUInt32(bytes);
    }
}
