namespace Loxi.Bfd.Session;

// What the own side wants changed: RFC 5880 6.8.10 to 6.8.18.
public sealed partial class BfdSession
{
    /// <summary>
    /// Takes other settings without a flap: intervals change by a Poll Sequence (RFC 5880 6.8.3), all else at once. Changes that come
    /// while one runs are kept until it has ended.
    /// </summary>
    /// <param name="settings">The new settings, of the same peer, addresses, interface and kind.</param>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <param name="transmit">Room for a packet, <see cref="TransmitLength"/> bytes.</param>
    /// <returns>What to do.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="settings"/> is null.</exception>
    /// <exception cref="ArgumentException">The settings are wrong, or of another session; or <paramref name="transmit"/> is too short.</exception>
    public BfdStep Change(BfdSessionSettings settings, long now, Span<byte> transmit)
    {
        ArgumentNullException.ThrowIfNull(settings);
        BfdSessionTable.Check(settings);
        if (!BfdSessionTable.IsSame(settings, Settings))
        {
            throw new ArgumentException($"The session with {Settings.PeerAddress} cannot become one with another peer, address, interface or kind.", nameof(settings));
        }

        Begin(transmit);
        var wasAdministrativelyDown = Settings.AdministrativelyDown;
        var authentication = Settings.Authentication;
        Settings = settings;
        _parameters = new BfdParameters(settings);
        _jitter = NextJitter();
        if (!Equals(settings.Authentication, authentication))
        {
            _authenticator.Change(settings.Authentication);
        }

        if (settings.AdministrativelyDown != wasAdministrativelyDown)
        {
            SetDown(settings.AdministrativelyDown, BfdDiagnostic.AdministrativelyDown, now);
        }

        UpdateTimers(stateChanged: !IsUp);
        return End(now, transmit);
    }

    /// <summary>
    /// Takes other keys only, e.g. because the time of one has ended. Without any key nothing is sent and nothing accepted: the session
    /// goes down when its detection time runs out.
    /// </summary>
    /// <param name="authentication">Type and keys; null for none.</param>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <param name="transmit">Room for a packet, <see cref="TransmitLength"/> bytes.</param>
    /// <returns>What to do.</returns>
    /// <exception cref="ArgumentException"><paramref name="transmit"/> is too short.</exception>
    public BfdStep ChangeKeys(BfdAuthentication? authentication, long now, Span<byte> transmit)
    {
        Begin(transmit);
        Settings = Settings with { Authentication = authentication };
        _authenticator.Change(authentication);
        return End(now, transmit);
    }

    /// <summary>Holds the session in AdminDown, or releases it (RFC 5880 6.8.16).</summary>
    /// <param name="down">Whether to hold it.</param>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <param name="transmit">Room for a packet, <see cref="TransmitLength"/> bytes.</param>
    /// <returns>What to do.</returns>
    /// <exception cref="ArgumentException"><paramref name="transmit"/> is too short.</exception>
    public BfdStep SetAdministrativelyDown(bool down, long now, Span<byte> transmit)
    {
        Begin(transmit);
        Settings = Settings with { AdministrativelyDown = down };
        SetDown(down, BfdDiagnostic.AdministrativelyDown, now);
        return End(now, transmit);
    }

    /// <summary>Something outside of BFD says that the path has failed, or that it is back: the session is held in AdminDown with the diagnostic Path Down meanwhile (RFC 5880 6.8.16).</summary>
    /// <param name="down">Whether it has failed.</param>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <param name="transmit">Room for a packet, <see cref="TransmitLength"/> bytes.</param>
    /// <returns>What to do.</returns>
    /// <exception cref="ArgumentException"><paramref name="transmit"/> is too short.</exception>
    public BfdStep SetPathDown(bool down, long now, Span<byte> transmit)
    {
        Begin(transmit);
        if (!Settings.AdministrativelyDown)
        {
            SetDown(down, BfdDiagnostic.PathDown, now);
        }

        return End(now, transmit);
    }

    /// <summary>The own forwarding plane was reset: the peer can no longer rely on it (RFC 5880 6.8.15).</summary>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <param name="transmit">Room for a packet, <see cref="TransmitLength"/> bytes.</param>
    /// <returns>What to do.</returns>
    /// <exception cref="ArgumentException"><paramref name="transmit"/> is too short.</exception>
    public BfdStep ResetForwardingPlane(long now, Span<byte> transmit)
    {
        Begin(transmit);
        switch (State)
        {
            case BfdState.Init or BfdState.Up:
                ChangeState(BfdState.Down, BfdDiagnostic.ForwardingPlaneReset, BfdTransitionCause.ForwardingPlaneReset, now, 0);
                break;
            case BfdState.Down:
                LocalDiagnostic = BfdDiagnostic.ForwardingPlaneReset;
                break;
            default:
                break;
        }

        return End(now, transmit);
    }

    /// <summary>Tells the peer that a path behind this one has failed, or is back; the session stays up (RFC 5880 6.8.17).</summary>
    /// <param name="diagnostic"><see cref="BfdDiagnostic.ConcatenatedPathDown"/>, <see cref="BfdDiagnostic.ReverseConcatenatedPathDown"/> or <see cref="BfdDiagnostic.None"/>.</param>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <param name="transmit">Room for a packet, <see cref="TransmitLength"/> bytes.</param>
    /// <returns>What to do.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="diagnostic"/> is another one.</exception>
    /// <exception cref="ArgumentException"><paramref name="transmit"/> is too short.</exception>
    public BfdStep SignalConcatenatedPath(BfdDiagnostic diagnostic, long now, Span<byte> transmit)
    {
        if (diagnostic is not (BfdDiagnostic.None or BfdDiagnostic.ConcatenatedPathDown or BfdDiagnostic.ReverseConcatenatedPathDown))
        {
            throw new ArgumentOutOfRangeException(nameof(diagnostic), diagnostic, "expected a diagnostic of a concatenated path, or none");
        }

        Begin(transmit);
        if (IsUp)
        {
            LocalDiagnostic = diagnostic;
        }

        return End(now, transmit);
    }

    /// <summary>Verifies the path by a Poll Sequence, which in demand mode is the only way (RFC 5880 6.6).</summary>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <param name="transmit">Room for a packet, <see cref="TransmitLength"/> bytes.</param>
    /// <returns>What to do.</returns>
    /// <exception cref="ArgumentException"><paramref name="transmit"/> is too short.</exception>
    public BfdStep Verify(long now, Span<byte> transmit)
    {
        Begin(transmit);
        if (IsUp)
        {
            BeginPoll();
        }

        return End(now, transmit);
    }

    private void SetDown(bool down, BfdDiagnostic diagnostic, long now)
    {
        if (down && State != BfdState.AdminDown)
        {
            var cause = diagnostic == BfdDiagnostic.PathDown ? BfdTransitionCause.PathDown : BfdTransitionCause.AdministrativelyDisabled;
            ChangeState(BfdState.AdminDown, diagnostic, cause, now, 0);
        }
        else if (down)
        {
            LocalDiagnostic = diagnostic;
        }
        else if (State == BfdState.AdminDown)
        {
            ChangeState(BfdState.Down, LocalDiagnostic, BfdTransitionCause.AdministrativelyEnabled, now, 0);
        }
    }
}
