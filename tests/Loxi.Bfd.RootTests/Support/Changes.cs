namespace Loxi.Bfd.RootTests.Support;

/// <summary>Hears every change of a speaker, and lets a test wait for one.</summary>
internal sealed class Changes : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly IDisposable _subscription;
    private readonly List<BfdSessionChange> _seen = [];
    private TaskCompletionSource _arrival = NewSignal();

    public Changes(BfdSpeaker speaker) => _subscription = speaker.Subscribe(Add);

    public IReadOnlyList<BfdSessionChange> Seen
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen];
            }
        }
    }

    /// <summary>Waits until a number of sessions have gone to a state, whatever happened to them afterwards.</summary>
    public Task<IReadOnlyList<BfdSessionChange>> WaitForAsync(BfdState state, int count = 1) => WaitForAsync(change => change.Transition.To == state, count);

    public async Task<IReadOnlyList<BfdSessionChange>> WaitForAsync(Func<BfdSessionChange, bool> wanted, int count = 1)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            BfdSessionChange[] found;
            Task arrival;
            lock (_seen)
            {
                found = [.. _seen.Where(wanted)];
                arrival = _arrival.Task;
            }

            if (found.Length >= count)
            {
                return found;
            }

            try
            {
                await arrival.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"{found.Length} of {count} such changes among: {string.Join("; ", Seen.TakeLast(30).Select(c => $"{c.Session} {c.Transition}"))}", e);
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

    private void Add(BfdSessionChange change)
    {
        TaskCompletionSource arrival;
        lock (_seen)
        {
            _seen.Add(change);
            arrival = _arrival;
            _arrival = NewSignal();
        }

        arrival.SetResult();
    }
}
