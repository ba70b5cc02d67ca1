namespace Loxi.Nat.Health;

/// <summary>How often and how strictly an endpoint is probed. Part of a target's identity: equal targets share their probes.</summary>
/// <remarks>
/// With the defaults a dead endpoint is down at most Period + (Fall - 1) * Retry + Timeout + jitter = 5.2 s after it stopped
/// answering, whether its host answers with a refusal or not at all.
/// </remarks>
public sealed record ProbeSettings
{
    /// <summary>Shortest <see cref="Period"/>, <see cref="RetryPeriod"/> and <see cref="Timeout"/>: 10 ms.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    /// <summary>Longest <see cref="Period"/>, <see cref="RetryPeriod"/> and <see cref="Timeout"/>: one day.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Time from the start of one probe to the start of the next. Default 2 s, range 10 ms to 1 day.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Time to the next probe while failures are being counted on an endpoint that is not down yet. Default null: the shorter of
    /// 1 s and <see cref="Period"/>. Range 10 ms to <see cref="Period"/>.
    /// </summary>
    public TimeSpan? RetryPeriod { get; init; }

    /// <summary>How long a probe may take. Default 1 s, range 10 ms to 1 day. Probes of one target never overlap.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Failures in a row that take an endpoint down. Default 3, range 1 to 255.</summary>
    public int Fall { get; init; } = 3;

    /// <summary>Successes in a row that bring an endpoint back. Default 2, range 1 to 255.</summary>
    public int Rise { get; init; } = 2;

    /// <summary>Each probe starts up to this part of the period late, at random; the delay does not add up. Default 0.1, range 0 to 0.5.</summary>
    public double Jitter { get; init; } = 0.1;

    internal TimeSpan EffectiveRetry => RetryPeriod ?? (Period < TimeSpan.FromSeconds(1) ? Period : TimeSpan.FromSeconds(1));

    /// <summary>Checks every value.</summary>
    /// <returns>One message per value that is out of range: name, value, what was expected. Empty when all are good.</returns>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        CheckTime(errors, nameof(Period), Period, Longest);
        CheckTime(errors, nameof(Timeout), Timeout, Longest);
        if (RetryPeriod is { } retry)
        {
            CheckTime(errors, nameof(RetryPeriod), retry, Period);
        }

        CheckCount(errors, nameof(Fall), Fall);
        CheckCount(errors, nameof(Rise), Rise);
        if (!(Jitter is >= 0 and <= 0.5))
        {
            errors.Add($"{nameof(Jitter)} is {Jitter}, expected 0 to 0.5.");
        }

        return errors;
    }

    private static void CheckTime(List<string> errors, string name, TimeSpan value, TimeSpan longest)
    {
        if (value < Shortest || value > longest)
        {
            errors.Add($"{name} is {value}, expected {Shortest} to {longest}.");
        }
    }

    private static void CheckCount(List<string> errors, string name, int value)
    {
        if (value is < 1 or > 255)
        {
            errors.Add($"{name} is {value}, expected 1 to 255.");
        }
    }
}
