using System.Diagnostics.CodeAnalysis;
using Loxi.Core.Failures;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport.Engine;
using Loxi.Ha.Transport.Wire;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Linux.Time;

namespace Loxi.Ha.Transport;

/// <content>What the engine tells, on the thread of the effects.</content>
public sealed partial class RoleSpeaker
{
    private readonly Lock _alarmGate = new();
    private bool _isUnwritable;

    private void Handle(EngineEvent told)
    {
        if (told.Alarm is { } alarm)
        {
            TellAlarm(alarm, told);
        }
        else if (told.Text is not null)
        {
            Publish(new RoleSpeakerEvent { Text = told.Text });
        }
        else if (told.Group is { } group)
        {
            TakeEffect(group, told);
        }
        else if (told.Path is { } path)
        {
            LookForInterface(path);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "An effect that fails is the operator's to know; roles go on.")]
    private void TakeEffect(GroupRun group, in EngineEvent told)
    {
        var action = told.Action;
        try
        {
            switch (action.Kind)
            {
                case RoleActionKind.Transition:
                    TellTransition(group, action.Transition);
                    break;
                case RoleActionKind.Alarm:
                    TellRoleAlarm(group, action.Alarm, told.Peer, told.IsOver);
                    break;
                case RoleActionKind.Announce:
                    _effects.Announce(group.Name, told.Withheld);
                    break;
                case RoleActionKind.StopAnnouncing:
                    _effects.StopAnnouncing(group.Name);
                    break;
                case RoleActionKind.ProbeVips:
                    _ = ProbeAsync(group, action);
                    break;
                case RoleActionKind.SendBarrier:
                    _ = SendBarrierAsync(group, action.Peer);
                    break;
                case RoleActionKind.AcquireWitness:
                    _witnessKeeper?.Acquire(group.Name, told.Number);
                    break;
                case RoleActionKind.ReleaseWitness:
                    _witnessKeeper?.Release(group.Name);
                    break;
                case RoleActionKind.DrainTo:
                    _effects.DrainTo(group.Name, action.Peer, action.After, action.Limit);
                    break;
                case RoleActionKind.Stopped:
                    Publish(new RoleSpeakerEvent { Group = group.Name, IsStopped = true, Text = $"the role in VIP group {group.Name} is given away" });
                    break;
                default:
                    break;
            }
        }
        catch (Exception e)
        {
            LogEffectFailed(e, action.Kind, group.Name);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The core takes a probe without a result for silence, and says so.")]
    private async Task ProbeAsync(GroupRun group, RoleAction action)
    {
        try
        {
            var answered = await _effects.ProbeVipsAsync(group.Name, action.Vips.IsDefault ? [] : action.Vips).ConfigureAwait(false);
            await Engine.PostAsync((engine, now) => engine.VipsProbed(group, answered, now)).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The speaker has ended meanwhile.
        }
        catch (Exception e)
        {
            LogEffectFailed(e, action.Kind, group.Name);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The core gives a switchover up whose barrier does not pass, and says so.")]
    private async Task SendBarrierAsync(GroupRun group, ushort peer)
    {
        try
        {
            await _effects.SendBarrierAsync(group.Name, peer).ConfigureAwait(false);
            await Engine.PostAsync((engine, now) => engine.BarrierPassed(group, peer, now)).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The speaker has ended meanwhile.
        }
        catch (Exception e)
        {
            LogEffectFailed(e, RoleActionKind.SendBarrier, group.Name);
        }
    }

    private void TellTransition(GroupRun group, in RoleTransition transition)
    {
        LogTransition(group.Name, transition.From, transition.To, transition.Cause, transition.Term, transition.Peer);
        Publish(new RoleSpeakerEvent
        {
            Group = group.Name,
            Peer = transition.Peer,
            Transition = transition,
            Text = $"VIP group {group.Name} went from {transition.From} to {transition.To}: {transition.Cause}, term {transition.Term}",
        });
    }

    private void TellRoleAlarm(GroupRun group, RoleAlarm alarm, ushort? peer, bool isOver)
    {
        if (isOver)
        {
            LogRoleAlarmOver(group.Name, alarm, peer);
        }
        else
        {
            LogRoleAlarm(group.Name, alarm, peer);
        }

        Publish(new RoleSpeakerEvent { Group = group.Name, Peer = peer, RoleAlarm = alarm, IsOver = isOver, Text = $"VIP group {group.Name}: {alarm}{(peer is null ? "" : $", node {peer}")}{(isOver ? ", is over" : "")}" });
    }

    private void TellAlarm(HelloAlarm alarm, in EngineEvent told)
    {
        var path = told.Path?.Settings;
        var text = (alarm, told.IsOver) switch
        {
            (HelloAlarm.SendFailed, true) => $"HELLOs are sent again on path {path}",
            (HelloAlarm.SendFailed, _) => $"HELLOs cannot be sent on path {path}: {Errno.Describe((int)told.Number)}",
            (HelloAlarm.Late, _) => $"the thread of roles was {told.Number / 1e6:F1} ms late, more than half an interval; what had arrived meanwhile counts by its time of arrival",
            (HelloAlarm.Overflow, _) => $"the receive buffer was full, {told.Number} datagrams were lost so far",
            (HelloAlarm.DuplicateNodeId, _) when told.Reason == HelloDiscardReason.OwnNodeId => $"the node at {told.Source}, which shall be {told.Peer}, has the number of this one: expected another --self on each node",
            (HelloAlarm.DuplicateNodeId, _) => $"the node at {told.Source} has another number than {told.Peer}, which path {path} shall lead to",
            (HelloAlarm.OtherVersion, _) => $"node {told.Peer} at {told.Source} speaks version {told.Number} of HELLO, this node version {HelloLayout.Version}: they do not hear each other, and both may serve; expected a version of Loxi that speaks the same on both",
            _ => $"a datagram from {told.Source} was thrown away: {told.Reason}{(path is null ? "" : $", path {path}")}{(told.Peer is { } peer ? $" to node {peer}" : "")}",
        };
        Publish(new RoleSpeakerEvent { HelloAlarm = alarm, Peer = told.Peer, IsOver = told.IsOver, Text = text });
    }

    /// <summary>Tells listeners; alarms of the transport are logged here.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A listener that fails must not keep the others from hearing.")]
    private void Publish(RoleSpeakerEvent told)
    {
        if (told.HelloAlarm is { } alarm)
        {
            if (told.IsOver)
            {
                LogAlarmOver(alarm, told.Text);
            }
            else
            {
                LogAlarm(alarm, told.Text);
            }

            NoteLasting(alarm, told);
        }

        foreach (var listener in _listeners)
        {
            try
            {
                listener(told);
            }
            catch (Exception e)
            {
                LogListenerFailed(e, told.Text);
            }
        }
    }

    /// <summary>On the keeper's thread.</summary>
    private void NoteWritten(string? complaint)
    {
        lock (_alarmGate)
        {
            if (_isUnwritable == complaint is not null)
            {
                return;
            }

            _isUnwritable = complaint is not null;
        }

        Publish(new RoleSpeakerEvent { HelloAlarm = HelloAlarm.StateUnwritable, IsOver = complaint is null, Text = complaint ?? "the state is written again" });
    }

    private void LookForInterface(HelloPath path)
    {
        try
        {
            var index = _options.NetworkNamespace is { } other ? other.Run(() => IndexOf(path.Settings.Interface!)) : IndexOf(path.Settings.Interface!);
            _ = Engine.PostAsync((_, _) => HelloEngine.SetInterface(path, index));
        }
        catch (LinuxException e)
        {
            // The next datagram that cannot be sent asks again.
            LogInterfaceUnknown(e, path.Settings);
        }
    }

    private static int IndexOf(string name)
    {
        using var client = new RtnetlinkClient();
        return client.TryGetLink(name, out var link) ? link.Index : -1;
    }

    /// <summary>R2: only what this node found out itself, or was told on an authenticated session, is a sign.</summary>
    private void TakeReachability(PeerReachability told)
    {
        if (_engine is not { } engine)
        {
            return;
        }

        var peer = InternetAddress.FromIPAddress(told.Peer);
        var name = told.Interface;
        if (told is { State: ReachabilityState.Down, IsTrusted: true })
        {
            // A HELLO that came after the failure, but before anybody told of it, says that the path is back.
            var at = told.Time != 0 ? told.Time : MonotonicClock.Nanoseconds;
            _ = engine.PostAsync((e, now) => e.PathDown(peer, name, at, now));
        }
        else if (told.State != ReachabilityState.Down)
        {
            _ = engine.PostAsync((e, _) => e.PathUp(peer, name));
        }
    }
}
