using System.Collections.Immutable;
using System.Net;
using Loxi.Bfd.Session;
using Loxi.Bfd.Transport;

namespace Loxi.Bfd;

/// <content>What there is to see.</content>
public sealed partial class BfdSpeaker
{
    private static readonly BfdDiscardReason[] Reasons = [.. Enum.GetValues<BfdDiscardReason>().Where(static r => r != BfdDiscardReason.None)];

    /// <summary>Reads all sessions at one moment.</summary>
    /// <returns>The sessions, in no order.</returns>
    /// <exception cref="ObjectDisposedException">The speaker is disposed, or its thread has failed.</exception>
    public async Task<ImmutableArray<BfdSessionReport>> ReadSessionsAsync()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _engine is { } engine
            ? await engine.PostAsync(static (e, _) => e.Sessions.Select(ReportOf).ToImmutableArray()).ConfigureAwait(false)
            : [];
    }

    /// <summary>Reads how the speaker does.</summary>
    /// <returns>Its counters.</returns>
    /// <exception cref="ObjectDisposedException">The speaker is disposed, or its thread has failed.</exception>
    public async Task<BfdSpeakerStatus> ReadStatusAsync()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _engine is { } engine
            ? await engine.PostAsync(static (e, _) => StatusOf(e)).ConfigureAwait(false)
            : new BfdSpeakerStatus { Discards = [] };
    }

    /// <summary>
    /// Something outside of BFD says that the path of a session has failed, or that it is back: the session is held in AdminDown with the
    /// diagnostic Path Down meanwhile (RFC 5880 6.8.16).
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="isDown">Whether it has failed.</param>
    /// <returns>False when there is no such session.</returns>
    /// <exception cref="ObjectDisposedException">The speaker is disposed, or its thread has failed.</exception>
    public Task<bool> SetPathDownAsync(BfdSessionKey session, bool isDown) =>
        StepAsync(session, (one, now, transmit) => one.SetPathDown(isDown, now, transmit));

    /// <summary>Verifies the path of a session by a Poll Sequence, which in demand mode is the only way (RFC 5880 6.6).</summary>
    /// <param name="session">The session.</param>
    /// <returns>False when there is no such session.</returns>
    /// <exception cref="ObjectDisposedException">The speaker is disposed, or its thread has failed.</exception>
    public Task<bool> VerifyAsync(BfdSessionKey session) => StepAsync(session, static (one, now, transmit) => one.Verify(now, transmit));

    /// <summary>Tells the peer that a path behind this one has failed, or is back; the session stays up (RFC 5880 6.8.17).</summary>
    /// <param name="session">The session.</param>
    /// <param name="diagnostic"><see cref="BfdDiagnostic.ConcatenatedPathDown"/>, <see cref="BfdDiagnostic.ReverseConcatenatedPathDown"/> or <see cref="BfdDiagnostic.None"/>.</param>
    /// <returns>False when there is no such session.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="diagnostic"/> is another one.</exception>
    /// <exception cref="ObjectDisposedException">The speaker is disposed, or its thread has failed.</exception>
    public Task<bool> SignalConcatenatedPathAsync(BfdSessionKey session, BfdDiagnostic diagnostic) =>
        StepAsync(session, (one, now, transmit) => one.SignalConcatenatedPath(diagnostic, now, transmit));

    /// <summary>The own forwarding plane was reset: every peer is told that it can no longer rely on it (RFC 5880 6.8.15).</summary>
    /// <returns>When the packets are sent.</returns>
    /// <exception cref="ObjectDisposedException">The speaker is disposed, or its thread has failed.</exception>
    public async Task ResetForwardingPlaneAsync()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_engine is { } engine)
        {
            await engine.PostAsync(static (e, now) => e.StepAll(static (one, at, transmit) => one.ResetForwardingPlane(at, transmit), now)).ConfigureAwait(false);
        }
    }

    /// <summary>The engine, for measurements.</summary>
    internal BfdEngine? Engine => _engine;

    private async Task<bool> StepAsync(BfdSessionKey session, SessionStep step)
    {
        ArgumentNullException.ThrowIfNull(session);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _engine is { } engine && await engine.PostAsync((e, now) => e.Step(session, step, now)).ConfigureAwait(false);
    }

    private static BfdSessionReport ReportOf(EngineSession session)
    {
        var local = session.Transmit.LocalAddress.ToIPAddress();
        return new BfdSessionReport
        {
            Key = session.Key,
            Status = session.Session.GetStatus(),
            LocalAddress = local.Equals(IPAddress.Any) || local.Equals(IPAddress.IPv6Any) ? null : local,
            SourcePort = session.Transmit.Port,
            SendErrors = session.SendErrors,
            SendError = session.SendError,
        };
    }

    private static BfdSpeakerStatus StatusOf(BfdEngine engine)
    {
        var counters = engine.Counters;
        return new BfdSpeakerStatus
        {
            Sessions = engine.Sessions.Count(),
            IsRealTime = engine.IsRealTime,
            ReceivedDatagrams = counters.Received,
            SentPackets = counters.Sent,
            SendErrors = counters.SendErrors,
            LostDatagrams = engine.Ports.Sum(static p => p.Lost),
            UnreadDatagrams = engine.Ports.Sum(static p => p.ReadUnread()),
            Discards = DiscardsOf(engine.GetDiscards),
            Wakes = counters.Wakes,
            LateWakes = counters.LateWakes,
            GreatestLateness = TimeSpan.FromTicks(counters.GreatestLateness / TimeSpan.NanosecondsPerTick),
            CollectionPause = TimeSpan.FromTicks(counters.CollectionTicks),
            IsBufferLimited = engine.Ports.Any(static p => p.IsBufferLimited),
            IsFilterCoarse = engine.Ports.Any(static p => p.IsCoarse),
        };
    }

    private static ImmutableArray<KeyValuePair<BfdDiscardReason, ulong>> DiscardsOf(Func<BfdDiscardReason, ulong> count) =>
        [.. Reasons.Select(reason => KeyValuePair.Create(reason, count(reason))).Where(static pair => pair.Value != 0)];
}
