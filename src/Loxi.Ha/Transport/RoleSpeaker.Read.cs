using System.Collections.Immutable;

namespace Loxi.Ha.Transport;

/// <content>What there is to see.</content>
public sealed partial class RoleSpeaker
{
    private readonly Dictionary<(HelloAlarm, ushort?), string> _lasting = [];

    /// <summary>Reads everything at one moment.</summary>
    /// <returns>The status.</returns>
    /// <exception cref="InvalidOperationException">Nothing was applied yet.</exception>
    /// <exception cref="ObjectDisposedException">The speaker is disposed.</exception>
    public async Task<RoleSpeakerStatus> ReadStatusAsync()
    {
        var status = await Engine.PostAsync(static (engine, now) => engine.Read(now)).ConfigureAwait(false);
        lock (_alarmGate)
        {
            return status with { Alarms = [.. _lasting.Select(static a => new LastingAlarm(a.Key.Item1, a.Key.Item2, a.Value))] };
        }
    }

    private void NoteLasting(HelloAlarm alarm, RoleSpeakerEvent told)
    {
        if (alarm is not (HelloAlarm.Unauthenticated or HelloAlarm.SinglePath or HelloAlarm.StateUnreadable or HelloAlarm.StateUnwritable))
        {
            return;
        }

        lock (_alarmGate)
        {
            if (told.IsOver)
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
