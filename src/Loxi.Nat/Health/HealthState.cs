namespace Loxi.Nat.Health;

/// <summary>What the probes say about an endpoint.</summary>
public enum HealthState
{
    /// <summary>Not decided yet: neither one probe succeeded nor <see cref="ProbeSettings.Fall"/> failed. Treated as usable.</summary>
    Unknown = 0,

    /// <summary>The endpoint answers.</summary>
    Up = 1,

    /// <summary>The endpoint does not answer and must not be selected.</summary>
    Down = 2,
}
