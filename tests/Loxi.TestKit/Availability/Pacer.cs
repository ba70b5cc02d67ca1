namespace Loxi.TestKit.Availability;

/// <summary>Does something once a period on a thread of its own. A turn that comes late is not made up for: probes in a burst would say nothing.</summary>
internal sealed class Pacer : IDisposable
{
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private readonly TimeSpan _period;
    private readonly Action _turn;

    internal Pacer(string name, TimeSpan period, Action turn)
    {
        if (period < TimeSpan.FromMilliseconds(1))
        {
            throw new ArgumentOutOfRangeException(nameof(period), period, "time between two probes: expected at least 1 ms");
        }

        (_period, _turn) = (period, turn);
        _thread = new Thread(Loop) { IsBackground = true, Name = name, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Loop()
    {
        var next = LabClock.Now;
        while (!_stop.IsSet)
        {
            try
            {
                _turn();
            }
            catch (ObjectDisposedException)
            {
                // The lab has gone, with the socket: it is removed at a signal while its tools are still at work.
                return;
            }

            var now = LabClock.Now;
            next += _period;
            if (next < now)
            {
                next = now;
            }

            _ = _stop.Wait(next - now);
        }
    }
}
