namespace Loxi.Ha.Roles;

/// <content>R7: the two deadlines that the data plane reads.</content>
public sealed partial class RoleCore
{
    private TimeSpan RefreshEvery => Min(TimeSpan.FromMilliseconds(50), _settings.Interval / 2);

    private bool Opens => _s.Announces || (_s.Role == HelloRole.Master && _s.AnnounceLater);

    private bool Closed(TimeSpan now) => Opens && now >= _s.AnswerUntil;

    private void RefreshGates(TimeSpan now)
    {
        _s.GatesAt = now;
        _s.AnswerUntil = Opens ? now + _settings.DeadMan : TimeSpan.Zero;
        if (!_settings.Gates)
        {
            return;
        }

        // A node that has just started, or stood still, is fenced until it has heard the others.
        var alive = _s.Role == HelloRole.Listening ? TimeSpan.Zero : now + (_settings.AliveAhead ?? _settings.DeadMan);
        Act(new RoleAction { Kind = RoleActionKind.SetGates, AliveUntil = alive, AnswerUntil = _s.AnswerUntil });
    }
}
