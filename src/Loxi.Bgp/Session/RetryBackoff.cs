namespace Loxi.Bgp.Session;

/// <summary>The ConnectRetry time: doubles up to a limit, less up to 25 % jitter (RFC 4271 10).</summary>
internal sealed class RetryBackoff(Random random)
{
    private TimeSpan _next;

    internal void Reset() => _next = TimeSpan.Zero;

    /// <summary>The time until the next attempt; the one after it is longer.</summary>
    internal TimeSpan Next(TimeSpan first, TimeSpan limit)
    {
        var time = _next < first ? first : _next > limit ? limit : _next;
        _next = time * 2 < limit ? time * 2 : limit;
        return time * (0.75 + (random.NextDouble() * 0.25));
    }
}
