using Loxi.Bfd.Session;
using Loxi.Bfd.Transport;
using Loxi.Linux;
using Loxi.Linux.Time;

namespace Loxi.Bfd;

/// <content>What the engine tells, on the pump's thread.</content>
public sealed partial class BfdSpeaker
{
    // Of what can come a thousand times in a second a line is written once.
    private const long LogInterval = 1_000_000_000;

    private long _nextLateLog = long.MinValue;
    private long _nextOverflowLog = long.MinValue;

    private void Tell(EngineEvent told)
    {
        var session = told.Session?.Key;
        switch (told.Kind)
        {
            case EngineEventKind.Transition:
                TellTransition(new BfdSessionChange(session!, told.Number, told.Transition));
                break;
            case EngineEventKind.SendFailed:
                LogSendFailed(session!, Errno.Describe((int)told.Number), told.Number);
                break;
            case EngineEventKind.LinkInDoubt:
                _ = FollowLinkAsync(told.Session!);
                break;
            case EngineEventKind.SendRecovered:
                LogSendRecovered(session!);
                break;
            case EngineEventKind.Late when IsDue(ref _nextLateLog):
                LogLate(told.Lateness / 1e6, told.Number, told.CollectionPause.TotalMilliseconds);
                break;
            case EngineEventKind.Overflow when IsDue(ref _nextOverflowLog):
                LogOverflow(ReceivePort.NumberOf(told.Port!.Channel), told.Number);
                break;
            case EngineEventKind.DetectionTimeAlarm when told.Number != 0:
                LogDetectionTimeAlarm(session!);
                break;
            case EngineEventKind.DetectionTimeAlarm:
                LogDetectionTimeAlarmEnded(session!);
                break;
            case EngineEventKind.SourceChanged:
                LogSourceChanged(session!);
                break;
            case EngineEventKind.FinalsSuppressed:
                LogFinalsSuppressed(session!, told.Number);
                break;
            case EngineEventKind.Removed:
                _reachable.Remove(session!);
                break;
            case EngineEventKind.Left:
                _ = CloseLeftAsync(told.Session!);
                break;
            case EngineEventKind.Subscribed:
                Introduce(told.Listener!);
                break;
            default:
                break;
        }
    }

    private void TellTransition(BfdSessionChange change)
    {
        var transition = change.Transition;
        if (transition.From == BfdState.Up)
        {
            LogLeftUp(change.Session, transition.To, transition.Cause, transition.LocalDiagnostic, transition.RemoteDiagnostic, transition.LateBy / 1e6);
        }
        else
        {
            LogChanged(change.Session, transition.From, transition.To, transition.Cause);
        }

        if (transition.Cause == BfdTransitionCause.EchoFailed)
        {
            DoubtEchoPaths();
        }

        foreach (var listener in _listeners)
        {
            try
            {
                listener(change);
            }
#pragma warning disable CA1031 // The listener's fault is not the others'.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogListenerFailed(e, change.Session);
            }
        }

        TellReachability(change);
    }

    private static bool IsDue(ref long next)
    {
        var now = MonotonicClock.Nanoseconds;
        if (now < next)
        {
            return false;
        }

        next = now + LogInterval;
        return true;
    }
}
