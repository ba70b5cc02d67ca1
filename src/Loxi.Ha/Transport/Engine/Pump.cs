using System.Collections.Concurrent;
using Loxi.Linux.Sockets;

namespace Loxi.Ha.Transport.Engine;

/// <summary>A thread that takes what the engine tells to those who act on it and listen. Between the two there is no lock: what takes its time delays later effects, never a HELLO.</summary>
internal sealed class Pump : IDisposable
{
    private readonly ConcurrentQueue<EngineEvent> _events = new();
    private readonly SocketPoller _signal = new();
    private readonly Action<EngineEvent> _handler;
    private readonly Thread _thread;
    private volatile bool _stops;

    /// <param name="handler">Called on the pump's thread; must not throw.</param>
    public Pump(Action<EngineEvent> handler)
    {
        _handler = handler;
        _thread = new Thread(Run) { IsBackground = true, Name = "Loxi.Ha effects" };
        _thread.UnsafeStart();
    }

    /// <summary>Adds something; nobody is woken before <see cref="Signal"/>.</summary>
    public void Add(in EngineEvent told) => _events.Enqueue(told);

    /// <summary>Says that there is something. Blocks nobody.</summary>
    public void Signal() => _signal.Wake();

    /// <summary>Hands over what is left, and ends.</summary>
    public void Dispose()
    {
        _stops = true;
        _signal.Wake();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
            _signal.Dispose();
        }
    }

    private void Run()
    {
        while (true)
        {
            // Looked at before the queue: what was told before the stop is still handed over.
            var isLast = _stops;
            while (_events.TryDequeue(out var told))
            {
                _handler(told);
            }

            if (isLast)
            {
                return;
            }

            _signal.Wait(long.MaxValue);
        }
    }
}
