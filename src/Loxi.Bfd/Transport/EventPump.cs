using System.Collections.Concurrent;
using Loxi.Linux.Sockets;

namespace Loxi.Bfd.Transport;

/// <summary>A thread that takes what the engine tells to those who listen. Between the two there is no lock: a slow listener delays other listeners, never a packet.</summary>
internal sealed class EventPump : IDisposable
{
    private readonly SocketPoller _signal = new();
    private readonly Action<EngineEvent> _handler;
    private readonly Thread _thread;
    private volatile bool _stops;

    /// <param name="handler">Called on the pump's thread; must not throw.</param>
    public EventPump(Action<EngineEvent> handler)
    {
        _handler = handler;
        _thread = new Thread(Run) { IsBackground = true, Name = "Loxi.Bfd events" };
        _thread.UnsafeStart();
    }

    public ConcurrentQueue<EngineEvent> Events { get; } = new();

    /// <summary>Says that there are events. Blocks nobody.</summary>
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
            while (Events.TryDequeue(out var told))
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
