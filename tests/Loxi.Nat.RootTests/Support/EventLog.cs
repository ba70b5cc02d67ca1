using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.RootTests.Support;

/// <summary>What was logged, by the numbers of the events.</summary>
internal sealed class EventLog : ILogger
{
    private readonly ConcurrentQueue<int> _events = new();

    public int Count(int id) => _events.Count(e => e == id);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _events.Enqueue(eventId.Id);
}
