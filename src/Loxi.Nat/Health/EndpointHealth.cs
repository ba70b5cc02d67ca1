namespace Loxi.Nat.Health;

/// <summary>
/// The state machine of one endpoint: a value, changed only by <see cref="On"/>. The first success of an undecided endpoint
/// brings it up at once; after that <see cref="ProbeSettings.Rise"/> and <see cref="ProbeSettings.Fall"/> results in a row decide.
/// </summary>
/// <param name="State">What the probes say.</param>
/// <param name="Since">When <paramref name="State"/> began.</param>
/// <param name="Successes">Successes in a row, no further counted than <see cref="ProbeSettings.Rise"/>.</param>
/// <param name="Failures">Failures in a row, no further counted than <see cref="ProbeSettings.Fall"/>.</param>
public readonly record struct EndpointHealth(HealthState State, DateTimeOffset Since, int Successes, int Failures)
{
    /// <summary>Whether the endpoint may be selected: up, or not decided yet.</summary>
    public bool IsUsable => State != HealthState.Down;

    /// <summary>The state of an endpoint that has not been probed.</summary>
    /// <param name="now">The present.</param>
    /// <returns><see cref="HealthState.Unknown"/> since now.</returns>
    public static EndpointHealth Start(DateTimeOffset now) => new(HealthState.Unknown, now, 0, 0);

    /// <summary>Takes in the result of one probe.</summary>
    /// <param name="result">How the probe ended. <see cref="ProbeResult.None"/> and <see cref="ProbeResult.LocalError"/> change nothing.</param>
    /// <param name="settings">Rise and fall.</param>
    /// <param name="now">The present.</param>
    /// <returns>The new state; it changed if its <see cref="State"/> differs.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="settings"/> is null.</exception>
    public EndpointHealth On(ProbeResult result, ProbeSettings settings, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (result is ProbeResult.None or ProbeResult.LocalError)
        {
            return this;
        }

        if (result == ProbeResult.Success)
        {
            var successes = Math.Min(Successes + 1, settings.Rise);
            var up = State == HealthState.Unknown || (State == HealthState.Down && successes >= settings.Rise);
            return up ? new(HealthState.Up, now, successes, 0) : this with { Successes = successes, Failures = 0 };
        }

        var failures = Math.Min(Failures + 1, settings.Fall);
        var down = State != HealthState.Down && failures >= settings.Fall;
        return down ? new(HealthState.Down, now, 0, failures) : this with { Successes = 0, Failures = failures };
    }

    /// <summary>Time from the start of the last probe to the start of the next.</summary>
    /// <param name="settings">The periods.</param>
    /// <returns>The retry period while failures are counted on an endpoint that is not down, else the period.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="settings"/> is null.</exception>
    public TimeSpan NextInterval(ProbeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return State != HealthState.Down && Failures > 0 ? settings.EffectiveRetry : settings.Period;
    }
}
