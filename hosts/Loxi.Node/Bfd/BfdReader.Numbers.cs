using Loxi.Api.Wire;
using Loxi.Bfd;
using Loxi.Core;

namespace Loxi.Node.Bfd;

// Intervals, counts, TTL, echo packets.
internal sealed partial class BfdReader
{
    private static readonly long ShortestInterval = Microseconds(BfdLimits.ShortestInterval);
    private static readonly long LongestInterval = Microseconds(BfdLimits.LongestInterval);
    private static readonly string AnInterval = $"{ShortestInterval} to {LongestInterval} microseconds";

    internal static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private BfdSessionSettings ReadNumbers(BfdArguments wire, BfdSessionSettings settings, ConfiguredBfd? there, out bool hasMinRx)
    {
        var isNew = there is null;
        var interval = ReadRequired(BfdFields.Interval, wire.Interval, ShortestInterval, LongestInterval, AnInterval, isNew) ?? Microseconds(settings.DesiredMinTxInterval);
        _isIntervalTooLow = wire.Interval is > 0 && wire.Interval < ShortestInterval;
        var retryCount = ReadRequired(BfdFields.RetryCount, wire.RetryCount, 1, BfdLimits.GreatestDetectMult, $"1 to {BfdLimits.GreatestDetectMult}", isNew) ?? settings.DetectMult;
        var minRx = ReadOptional(BfdFields.MinRx, wire.MinRx, ShortestInterval, LongestInterval, AnInterval);
        // What GET shows of a session that has none of its own says nothing when it is posted back; so below.
        hasMinRx = minRx is null || (minRx == interval && !isNew) ? there?.HasMinRx == true : minRx != 0;
        var received = !hasMinRx ? interval : minRx ?? Microseconds(settings.RequiredMinRxInterval);
        return settings with
        {
            DesiredMinTxInterval = Interval(interval),
            RequiredMinRxInterval = Interval(received),
            DetectMult = (int)retryCount,
            MinimumTtl = ReadOptional(BfdFields.MinTtl, wire.MinTtl, 1, 255, "1 to 255") switch
            {
                null => settings.MinimumTtl,
                0 => null,
                { } ttl when ttl == BfdWire.MinTtlOf(settings) && !isNew => settings.MinimumTtl,
                { } ttl => (int)ttl,
            },
            DesiredMinEchoTxInterval = ReadEcho(BfdFields.EchoInterval, wire.Echo?.Interval, settings.DesiredMinEchoTxInterval),
            RequiredMinEchoRxInterval = ReadEcho(BfdFields.EchoMinRx, wire.Echo?.MinRx, settings.RequiredMinEchoRxInterval),
        };
    }

    /// <summary>As in loxilb, 0 leaves the value of a session as it is, and a new session needs one.</summary>
    private long? ReadRequired(string field, long? value, long least, long greatest, string expected, bool isNew)
    {
        if (value is null or 0)
        {
            if (isNew)
            {
                _problems.Add(Problem.Of(field, value is null ? "null" : "0", $"{expected} for a new session"));
            }

            return null;
        }

        return InRange(field, value.Value, least, greatest, expected) ? value : null;
    }

    private long? ReadOptional(string field, long? value, long least, long greatest, string expected) =>
        value is null or 0 || InRange(field, value.Value, least, greatest, $"0 or {expected}") ? value : null;

    private TimeSpan ReadEcho(string field, long? value, TimeSpan before) =>
        ReadOptional(field, value, ShortestInterval, LongestInterval, AnInterval) is { } interval ? Interval(interval) : before;

    private bool InRange(string field, long value, long least, long greatest, string expected)
    {
        var holds = value >= least && value <= greatest;
        if (!holds)
        {
            _problems.Add(Problem.Of(field, value, expected));
        }

        return holds;
    }

    private static TimeSpan Interval(long microseconds) => TimeSpan.FromTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
