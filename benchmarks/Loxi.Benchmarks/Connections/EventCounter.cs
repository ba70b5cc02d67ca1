using Loxi.Benchmarks.Interop;
using Loxi.Core.Connections;

namespace Loxi.Benchmarks.Connections;

/// <summary>CPU time of the thread that delivers changes, from the first to the last one of a heap.</summary>
internal sealed class EventCounter(int expected) : IDisposable
{
    private readonly ManualResetEventSlim _all = new();
    private int _seen;
    private long _first;
    private long _last;

    internal void OnChange(in ConnectionChange change)
    {
        _seen++;
        if (_seen == 1)
        {
            _first = Libc.ThreadCpuNanoseconds();
        }
        else if (_seen == expected)
        {
            _last = Libc.ThreadCpuNanoseconds();
            _all.Set();
        }
    }

    /// <summary>ns of one change, once all have come.</summary>
    internal double Take()
    {
        if (!_all.Wait(TimeSpan.FromSeconds(30)))
        {
            throw new InvalidOperationException($"{_seen} changes came, expected {expected}");
        }

        var spent = (double)(_last - _first) / (expected - 1);
        _seen = 0;
        _all.Reset();
        return spent;
    }

    public void Dispose() => _all.Dispose();
}
