using Loxi.Api.Wire;
using Loxi.Bfd;
using Loxi.Bfd.Session;
using Loxi.Core.Services;
using Loxi.Linux;

namespace Loxi.Node.Bfd;

/// <summary>Writes sessions as <c>GET /netlox/v1/config/bfd/all</c> shows them. Never a secret.</summary>
internal static class BfdEntries
{
    public static BfdEntry ToEntry(NodeBfdSession session)
    {
        var settings = session.Configured.Settings;
        var entry = new BfdEntry
        {
            Instance = VipGroups.Default,
            RemoteIP = settings.PeerAddress.ToString(),
            SourceIP = (settings.LocalAddress ?? session.Report?.LocalAddress)?.ToString().Split('%')[0],
            Port = BfdWire.PortOf(settings),
            Interval = BfdReader.Microseconds(settings.DesiredMinTxInterval),
            RetryCount = settings.DetectMult,
            State = BfdNames.Of(session.Report?.Status.State ?? BfdState.Down),
            MinRx = BfdReader.Microseconds(settings.RequiredMinRxInterval),
            Multihop = settings.Kind == BfdSessionKind.Multihop,
            MinTtl = BfdWire.MinTtlOf(settings),
            Passive = settings.Passive,
            Interface = settings.Interface,
            Authentication = BfdWire.ToWire(settings.Authentication, withSecrets: false),
            Echo = BfdWire.ToEcho(settings),
            Origin = BfdNames.Of(session.Configured.Origin),
            Problem = session.Problem,
        };
        return session.Report is { } report ? WithReport(entry, report, session.Moment) : entry;
    }

    private static BfdEntry WithReport(BfdEntry entry, BfdSessionReport report, BfdMoment moment)
    {
        var status = report.Status;
        var last = status.History.IsEmpty ? default : status.History[^1];
        return entry with
        {
            Problem = report.SendError == 0 ? entry.Problem : $"packets are not sent: {Errno.Describe(report.SendError)}",
            Diagnostic = BfdNames.Of(status.LocalDiagnostic),
            Discriminator = status.LocalDiscriminator,
            SourcePort = report.SourcePort,
            TransmitInterval = BfdReader.Microseconds(status.TransmitInterval),
            DetectionTime = status.DetectionTime == Timeout.InfiniteTimeSpan ? 0 : BfdReader.Microseconds(status.DetectionTime),
            UpSince = status.State == BfdState.Up && last.To == BfdState.Up ? moment.At(last.Time) : null,
            // The multiplier is never 0 in a packet that was accepted.
            Remote = status.RemoteDetectMult == 0 ? null : RemoteOf(status),
            Counters = CountersOf(report),
            Discards = DiscardsOf(status),
            Transitions = [.. status.History.Select(transition => ToEntry(transition, moment))],
        };
    }

    private static BfdRemote RemoteOf(BfdSessionStatus status) => new()
    {
        State = BfdNames.Of(status.RemoteState),
        Diagnostic = BfdNames.Of(status.RemoteDiagnostic),
        Discriminator = status.RemoteDiscriminator,
        Interval = BfdReader.Microseconds(status.RemoteDesiredMinTxInterval),
        MinRx = BfdReader.Microseconds(status.RemoteMinRxInterval),
        MinEchoRx = BfdReader.Microseconds(status.RemoteMinEchoRxInterval),
        RetryCount = status.RemoteDetectMult,
    };

    private static BfdCounters CountersOf(BfdSessionReport report)
    {
        var status = report.Status;
        return new BfdCounters
        {
            Received = status.ReceivedPackets,
            Sent = status.TransmittedPackets,
            SendErrors = report.SendErrors,
            EchoSent = status.TransmittedEchoPackets,
            EchoReceived = status.ReceivedEchoPackets,
            EchoReturned = status.ReturnedEchoPackets,
            Transitions = status.TransitionCount,
            Late = status.LateSteps,
            GreatestLateness = BfdReader.Microseconds(status.GreatestLateness),
        };
    }

    private static BfdDiscardCounter[]? DiscardsOf(BfdSessionStatus status)
    {
        BfdDiscardCounter[] discards =
        [
            .. status.Discards.Index().Where(static d => d.Item != 0)
                .Select(static d => new BfdDiscardCounter { Reason = BfdNames.Of((BfdDiscardReason)d.Index), Packets = d.Item }),
        ];
        return discards.Length == 0 ? null : discards;
    }

    private static BfdTransitionEntry ToEntry(BfdTransition transition, BfdMoment moment) => new()
    {
        Time = moment.At(transition.Time),
        From = BfdNames.Of(transition.From),
        To = BfdNames.Of(transition.To),
        Cause = BfdNames.Of(transition.Cause),
        Diagnostic = BfdNames.Of(transition.LocalDiagnostic),
        RemoteState = BfdNames.Of(transition.RemoteState),
        RemoteDiagnostic = BfdNames.Of(transition.RemoteDiagnostic),
        LateBy = transition.LateBy / 1_000,
    };
}
