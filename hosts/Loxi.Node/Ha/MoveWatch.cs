using Loxi.Ha.Roles;
using Loxi.Ha.Transport;

namespace Loxi.Node.Ha;

/// <summary>Waits for the end of a planned move of a VIP group. To be made before the move begins.</summary>
internal sealed class MoveWatch : IDisposable
{
    private readonly TaskCompletionSource<RoleTransition?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IDisposable _subscription;
    private readonly string _group;

    public MoveWatch(IRoleSpeaker speaker, string group)
    {
        _group = group;
        _subscription = speaker.Subscribe(Take);
    }

    public string Group => _group;

    /// <summary>The change of role to or from master; null when the move did not come about.</summary>
    public Task<RoleTransition?> Ended => _ended.Task;

    public void Dispose() => _subscription.Dispose();

    private void Take(RoleSpeakerEvent told)
    {
        if (told.Group != _group)
        {
            return;
        }

        if (told.Transition is { } transition && (transition.From == HelloRole.Master || transition.To == HelloRole.Master))
        {
            _ended.TrySetResult(transition);
        }
        else if (told is { RoleAlarm: RoleAlarm.SwitchoverFailed, IsOver: false })
        {
            _ended.TrySetResult(null);
        }
    }
}
