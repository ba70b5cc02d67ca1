using System.Collections.Immutable;
using System.Globalization;
using Loxi.Core;

namespace Loxi.Bfd;

// Kinds, intervals, multiplier, TTL.
public static partial class BfdSessionValidator
{
    private static readonly string Interval = $"{Microseconds(BfdLimits.ShortestInterval)} to {Microseconds(BfdLimits.LongestInterval)} whole microseconds";

    private static void CheckKind(BfdSessionSettings settings, ImmutableArray<Problem>.Builder problems)
    {
        if (!Enum.IsDefined(settings.Kind))
        {
            problems.Add(Problem.Of(BfdSessionFields.Kind, settings.Kind, "SingleHop, Multihop or UnaffiliatedEcho"));
            return;
        }

        if (settings.Kind == BfdSessionKind.SingleHop)
        {
            return;
        }

        // RFC 5883 2.1: no echo over several hops. RFC 9747: an unaffiliated session is an echo session, and there is nobody to demand or wait for.
        var kind = settings.Kind;
        Refuse(settings.RequiredMinEchoRxInterval != TimeSpan.Zero, BfdSessionFields.RequiredMinEchoRxInterval, Microseconds(settings.RequiredMinEchoRxInterval), "0 for a session that is not over a single hop");
        Refuse(settings.DesiredMinEchoTxInterval != TimeSpan.Zero, BfdSessionFields.DesiredMinEchoTxInterval, Microseconds(settings.DesiredMinEchoTxInterval), "0 for a session that is not over a single hop");
        Refuse(settings.PointToPoint, BfdSessionFields.PointToPoint, true, "false for a session that is not over a single hop");
        Refuse(kind == BfdSessionKind.UnaffiliatedEcho && settings.Demand, BfdSessionFields.Demand, true, "false for an unaffiliated echo session");
        Refuse(kind == BfdSessionKind.UnaffiliatedEcho && settings.Passive, BfdSessionFields.Passive, true, "false for an unaffiliated echo session");

        void Refuse(bool wrong, string field, object value, string expected)
        {
            if (wrong)
            {
                problems.Add(Problem.Of(field, value, expected));
            }
        }
    }

    private static void CheckNumbers(BfdSessionSettings settings, ImmutableArray<Problem>.Builder problems)
    {
        CheckInterval(BfdSessionFields.DesiredMinTxInterval, settings.DesiredMinTxInterval, mayBeZero: false, problems);
        CheckInterval(BfdSessionFields.RequiredMinRxInterval, settings.RequiredMinRxInterval, mayBeZero: false, problems);
        CheckInterval(BfdSessionFields.RequiredMinEchoRxInterval, settings.RequiredMinEchoRxInterval, mayBeZero: true, problems);
        CheckInterval(BfdSessionFields.DesiredMinEchoTxInterval, settings.DesiredMinEchoTxInterval, mayBeZero: true, problems);
        CheckInterval(BfdSessionFields.DemandPollInterval, settings.DemandPollInterval, mayBeZero: true, problems);
        if (settings.DemandPollInterval != TimeSpan.Zero && !settings.Demand)
        {
            problems.Add(Problem.Of(BfdSessionFields.DemandPollInterval, Microseconds(settings.DemandPollInterval), "0 without demand mode"));
        }

        if (settings.DetectMult is < 1 or > BfdLimits.GreatestDetectMult)
        {
            problems.Add(Problem.Of(BfdSessionFields.DetectMult, settings.DetectMult, $"1 to {BfdLimits.GreatestDetectMult}"));
        }

        CheckMinimumTtl(settings, problems);
    }

    private static void CheckMinimumTtl(BfdSessionSettings settings, ImmutableArray<Problem>.Builder problems)
    {
        if (settings.MinimumTtl is not { } ttl)
        {
            return;
        }

        if (ttl is < 1 or > 255)
        {
            problems.Add(Problem.Of(BfdSessionFields.MinimumTtl, ttl, "1 to 255"));
        }
        else if (settings.Kind == BfdSessionKind.UnaffiliatedEcho && ttl != 254)
        {
            problems.Add(Problem.Of(BfdSessionFields.MinimumTtl, ttl, "none, or 254, for an unaffiliated echo session"));
        }
        else if (settings.Kind == BfdSessionKind.SingleHop && ttl != 255 && settings.Authentication is null)
        {
            // RFC 5881 5: only with authentication may it be less.
            problems.Add(Problem.Of(BfdSessionFields.MinimumTtl, ttl, "none, or 255, for a single hop without authentication"));
        }
    }

    private static void CheckInterval(string field, TimeSpan interval, bool mayBeZero, ImmutableArray<Problem>.Builder problems)
    {
        if (mayBeZero && interval == TimeSpan.Zero)
        {
            return;
        }

        if (interval < BfdLimits.ShortestInterval || interval > BfdLimits.LongestInterval || interval.Ticks % TimeSpan.TicksPerMicrosecond != 0)
        {
            problems.Add(Problem.Of(field, Microseconds(interval), mayBeZero ? $"0, or {Interval}" : Interval));
        }
    }

    private static string Microseconds(TimeSpan interval) => (interval.Ticks / (decimal)TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture);
}
