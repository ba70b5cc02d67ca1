using Loxi.Ha.Roles;
using Loxi.Ha.Transport;

namespace Loxi.Ha.RootTests.Support;

/// <summary>Hears every event of a speaker, and lets a test wait for one.</summary>
internal sealed class Events : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly IDisposable _subscription;
    private readonly List<RoleSpeakerEvent> _seen = [];
    private TaskCompletionSource _arrival = NewSignal();

    public Events(RoleSpeaker speaker) => _subscription = speaker.Subscribe(Add);

    public IReadOnlyList<RoleSpeakerEvent> Seen
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen];
            }
        }
    }

    public IEnumerable<RoleTransition> Transitions => Seen.Where(static e => e.Transition is not null).Select(static e => e.Transition!.Value);

    public Task<RoleSpeakerEvent> WaitForRoleAsync(HelloRole role, string group = HaLab.Group) => WaitForAsync(e => e.Group == group && e.Transition?.To == role);

    public Task<RoleSpeakerEvent> WaitForAsync(HelloAlarm alarm, bool isOver = false) => WaitForAsync(e => e.HelloAlarm == alarm && e.IsOver == isOver);

    /// <summary>Waits for an event, also one that was before.</summary>
    public async Task<RoleSpeakerEvent> WaitForAsync(Func<RoleSpeakerEvent, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            RoleSpeakerEvent? found;
            Task arrival;
            lock (_seen)
            {
                found = _seen.Find(e => wanted(e));
                arrival = _arrival.Task;
            }

            if (found is not null)
            {
                return found;
            }

            try
            {
                await arrival.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"No such event among: {string.Join("; ", Seen.TakeLast(30).Select(static s => s.Text))}", e);
            }
        }
    }

    public void Clear()
    {
        lock (_seen)
        {
            _seen.Clear();
        }
    }

    public void Dispose() => _subscription.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Add(RoleSpeakerEvent told)
    {
        TaskCompletionSource arrival;
        lock (_seen)
        {
            _seen.Add(told);
            arrival = _arrival;
            _arrival = NewSignal();
        }

        arrival.SetResult();
    }
}
