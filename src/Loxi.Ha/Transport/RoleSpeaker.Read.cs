using System.Collections.Immutable;

namespace Loxi.Ha.Transport;

/// <content>What there is to see.</content>
public sealed partial class RoleSpeaker
{
    // Told again and again while it lasts, at most once a second.
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(HelloAlarm, ushort?), string> _lasting = [];
    private readonly Dictionary<(HelloAlarm, ushort?), (string Text, long Time)> _repeated = [];

    /// <summary>Reads everything at one moment.</summary>
    /// <returns>The status.</returns>
    /// <exception cref="InvalidOperationException">Nothing was applied yet.</exception>
    /// <exception cref="ObjectDisposedException">The speaker is disposed.</exception>
    public async Task<RoleSpeakerStatus> ReadStatusAsync()
    {
        var status = await Engine.PostAsync(static (engine, now) => engine.Read(now)).ConfigureAwait(false);
        lock (_alarmGate)
        {
            var repeated = _repeated.Where(a => _time.GetElapsedTime(a.Value.Time) < Recent).Select(static a => new LastingAlarm(a.Key.Item1, a.Key.Item2, a.Value.Text));
            return status with { Alarms = [.. _lasting.Select(static a => new LastingAlarm(a.Key.Item1, a.Key.Item2, a.Value)), .. repeated] };
        }
    }

    private bool HasAlarm(HelloAlarm alarm, ushort peer)
    {
        lock (_alarmGate)
        {
            return _lasting.ContainsKey((alarm, peer));
        }
    }

    private void NoteLasting(HelloAlarm alarm, RoleSpeakerEvent told)
    {
        if (alarm is HelloAlarm.Late or HelloAlarm.Overflow)
        {
            // It was, and is over.
            return;
        }

        var lasts = alarm is HelloAlarm.Unauthenticated or HelloAlarm.SinglePath or HelloAlarm.SendFailed or HelloAlarm.StateUnreadable or HelloAlarm.StateUnwritable;
        lock (_alarmGate)
        {
            if (!lasts)
            {
                _repeated[(alarm, told.Peer)] = (told.Text, _time.GetTimestamp());
            }
            else if (told.IsOver)
            {
                _lasting.Remove((alarm, told.Peer));
            }
            else
            {
                _lasting[(alarm, told.Peer)] = told.Text;
            }
        }
    }
}
