using System.Diagnostics;

namespace Loxi.Benchmarks.Bfd;

/// <summary>
/// How late a thread wakes that sleeps a millisecond at a time: what the machine takes from everybody. A detection that is late by no more than such a
/// gap says nothing of the program.
/// </summary>
internal sealed class GapLog : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private double _longest;

    internal GapLog()
    {
        _thread = new Thread(Watch) { IsBackground = true, Name = "gap-log" };
        _thread.Start();
    }

    /// <summary>Milliseconds beyond its sleep that it was late at most since it was asked last.</summary>
    internal double TakeLongest()
    {
        lock (_gate)
        {
            var longest = _longest;
            _longest = 0;
            return longest;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _stop.Dispose();
    }

    private void Watch()
    {
        while (!_stop.IsCancellationRequested)
        {
            var start = Stopwatch.GetTimestamp();
            Thread.Sleep(1);
            var late = Stopwatch.GetElapsedTime(start).TotalMilliseconds - 1;
            lock (_gate)
            {
                _longest = Math.Max(_longest, late);
            }
        }
    }
}
