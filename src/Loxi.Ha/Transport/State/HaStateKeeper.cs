using System.Collections.Concurrent;
using Loxi.Linux.Sockets;

namespace Loxi.Ha.Transport.State;

/// <summary>A thread of its own that keeps the state on disk: a slow disk delays neither a HELLO nor an announcement.</summary>
internal sealed class HaStateKeeper : IDisposable
{
    private readonly ConcurrentQueue<(Action<HaState> Change, Action<bool>? Done)> _changes = new();
    private readonly SocketPoller _signal = new();
    private readonly HaStateFile? _file;
    private readonly HaState _state;
    private readonly Action<string?> _written;
    private readonly Thread _thread;
    private volatile bool _stops;

    /// <param name="file">Where; null for nowhere.</param>
    /// <param name="state">What is there; the keeper's from now on.</param>
    /// <param name="written">Called after each attempt, with why it failed or null.</param>
    public HaStateKeeper(HaStateFile? file, HaState state, Action<string?> written)
    {
        (_file, _state, _written) = (file, state, written);
        _thread = new Thread(Run) { IsBackground = true, Name = "Loxi.Ha state" };
        _thread.UnsafeStart();
    }

    /// <summary>Changes the state, and writes it. Blocks nobody.</summary>
    /// <param name="change">What is different; on the keeper's thread.</param>
    /// <param name="done">Told whether it is on disk; on the keeper's thread.</param>
    public void Post(Action<HaState> change, Action<bool>? done = null)
    {
        _changes.Enqueue((change, done));
        _signal.Wake();
    }

    /// <summary>Writes what is left, and ends.</summary>
    public void Dispose()
    {
        _stops = true;
        _signal.Wake();
        _thread.Join();
        _signal.Dispose();
    }

    private void Run()
    {
        var waiting = new List<Action<bool>>();
        while (true)
        {
            // Looked at before the queue: what was posted before the stop is still written.
            var isLast = _stops;
            var changed = false;
            while (_changes.TryDequeue(out var one))
            {
                one.Change(_state);
                changed = true;
                if (one.Done is not null)
                {
                    waiting.Add(one.Done);
                }
            }

            if (changed)
            {
                var complaint = _file is null ? "no directory is configured for the state" : _file.TryWrite(_state);
                _written(complaint);
                waiting.ForEach(done => done(complaint is null));
                waiting.Clear();
            }

            if (isLast)
            {
                return;
            }

            _signal.Wait(long.MaxValue);
        }
    }
}
