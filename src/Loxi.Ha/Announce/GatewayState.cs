using Loxi.Linux;

namespace Loxi.Ha.Announce;

/// <summary>What is known of one gateway.</summary>
internal sealed class GatewayState(TrackedGateway declared, TimeSpan now)
{
    /// <summary>Questions in a row without an answer that make it lost.</summary>
    internal const int Questions = 3;

    internal static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(150);

    /// <summary>One that is lost is asked seldom: its return counts only when it has lasted anyway.</summary>
    internal static readonly TimeSpan GapWhileLost = TimeSpan.FromMilliseconds(500);

    internal TrackedGateway Declared { get; } = declared;

    internal InternetAddress Value { get; } = declared.Address;

    internal GatewayCondition Condition { get; private set; }

    internal TimeSpan Since { get; private set; } = now;

    /// <summary>When the next question is due.</summary>
    internal TimeSpan AskAt { get; private set; } = now;

    private int Unanswered { get; set; }

    internal GatewayStatus Status => new(Declared, Condition, Since);

    /// <summary>It said something.</summary>
    /// <returns>Whether that is new.</returns>
    internal bool Heard(TimeSpan now)
    {
        Unanswered = 0;
        return Become(GatewayCondition.Answers, now);
    }

    /// <summary>A question is due: looks what became of those before.</summary>
    /// <returns>Whether it is lost now.</returns>
    internal bool Ask(TimeSpan now)
    {
        // Who did not run did not hear (R6): the questions begin anew.
        Unanswered = now - AskAt > Gap ? 0 : Unanswered;
        var isLost = Unanswered >= Questions && Become(GatewayCondition.Lost, now);
        Unanswered = Math.Min(Unanswered + 1, Questions);
        AskAt = now + (Condition == GatewayCondition.Lost ? GapWhileLost : Gap);
        return isLost;
    }

    private bool Become(GatewayCondition condition, TimeSpan now)
    {
        if (Condition == condition)
        {
            return false;
        }

        (Condition, Since) = (condition, now);
        return true;
    }
}
