using System.Collections.Concurrent;
using Loxi.Linux.Sockets;

namespace Loxi.Linux.Loops;

/// <summary>
/// A thread that takes what a <see cref="SocketLoop{TEvent}"/> tells to those who act on it. Between the two there is no lock: a slow handler delays what comes after it,
/// never the loop.
/// </summary>
/// <typeparam name="TEvent">What is told.</typeparam>
public sealed class EventPump<TEvent> : IDisposable
{
    private readonly ConcurrentQueue<TEvent> _events = new();
    private readonly SocketPoller _signal = new();
    private readonly Action<TEvent> _handler;
    private readonly Thread _thread;
    private volatile bool _stops;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Of the thread; Linux shows 15 bytes of it.</param>
    /// <param name="handler">Called on the thread for each event, in order. Must not throw: that ends the process.</param>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public EventPump(string name, Action<TEvent> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _handler = handler;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.UnsafeStart();
    }

    /// <summary>Adds an event, from any thread. Nobody is woken before <see cref="Signal"/>.</summary>
    /// <param name="told">The event.</param>
    public void Add(in TEvent told) => _events.Enqueue(told);

    /// <summary>Wakes the thread, from any thread. Blocks nobody; does nothing once it is disposed.</summary>
    public void Signal() => _signal.Wake();

    /// <summary>Hands over what was added before, and ends the thread. From the handler itself it only says that it shall end.</summary>
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
