using Loxi.Benchmarks.Interop;

namespace Loxi.Benchmarks.Bgp;

/// <summary>Does something again and again in a thread that others do not hold up, as far as that is possible without the real-time class.</summary>
internal sealed class BeatThread : IDisposable
{
    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _thread;

    internal BeatThread(TimeSpan interval, Action beat)
    {
        _thread = new Thread(() => Run(interval, beat)) { IsBackground = true, Name = "beat" };
        _thread.Start();
    }

    public void Dispose()
    {
        _end.Set();
        _thread.Join();
        _end.Dispose();
    }

    private void Run(TimeSpan interval, Action beat)
    {
        Libc.Prefer();
        do
        {
            beat();
        }
        while (!_end.Wait(interval));
    }
}
