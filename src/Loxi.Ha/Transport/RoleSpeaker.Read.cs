using Loxi.Linux.Time;

namespace Loxi.Ha.Transport;

/// <content>What there is to see.</content>
public sealed partial class RoleSpeaker
{
    // Told again and again while it lasts, at most once a second.
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(HelloAlarm Alarm, ushort? Peer), ToldAlarm> _told = [];

    /// <summary>Reads everything at one moment.</summary>
    /// <returns>The status.</returns>
    /// <exception cref="InvalidOperationException">Nothing was applied yet.</exception>
    /// <exception cref="ObjectDisposedException">The speaker is disposed.</exception>
    public async Task<RoleSpeakerStatus> ReadStatusAsync()
    {
        var status = await Engine.PostAsync(static (engine, now) => engine.Read(now)).ConfigureAwait(false);
        lock (_alarmGate)
        {
            return status with
            {
                Alarms =
                [
                    .. _told.Where(told => told.Value.IsOpenAt(status.Time)).OrderBy(static told => told.Key)
                        .Select(static told => new LastingAlarm(told.Key.Alarm, told.Key.Peer, told.Value.Text) { Since = told.Value.Since, Count = told.Value.Count }),
                ],
            };
        }
    }

    private bool HasAlarm(HelloAlarm alarm, ushort peer)
    {
        lock (_alarmGate)
        {
            return _told.TryGetValue((alarm, peer), out var told) && told.IsOpenAt(TimeSpan.FromTicks(MonotonicClock.Nanoseconds / TimeSpan.NanosecondsPerTick));
        }
    }

    private void NoteLasting(HelloAlarm alarm, RoleSpeakerEvent told)
    {
        if (alarm is HelloAlarm.Late or HelloAlarm.Overflow)
        {
            // It was, and is over.
            return;
        }

        var now = TimeSpan.FromTicks(MonotonicClock.Nanoseconds / TimeSpan.NanosecondsPerTick);
        var lasts = alarm is HelloAlarm.Unauthenticated or HelloAlarm.SinglePath or HelloAlarm.SendFailed or HelloAlarm.StateUnreadable or HelloAlarm.StateUnwritable;
        lock (_alarmGate)
        {
            if (!_told.TryGetValue((alarm, told.Peer), out var entry))
            {
                entry = _told[(alarm, told.Peer)] = new ToldAlarm();
            }

            if (told.IsOver)
            {
                entry.Until = TimeSpan.Zero;
                return;
            }

            entry.Since = entry.IsOpenAt(now) ? entry.Since : now;
            (entry.Text, entry.Until) = (told.Text, lasts ? TimeSpan.MaxValue : now + Recent);
            entry.Count++;
        }
    }

    private sealed class ToldAlarm
    {
        public string Text { get; set; } = "";

        public TimeSpan Since { get; set; }

        public TimeSpan Until { get; set; }

        public long Count { get; set; }

        public bool IsOpenAt(TimeSpan now) => now < Until;
    }
}
