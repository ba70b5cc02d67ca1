namespace Loxi.TestKit.Availability;

/// <summary>Does something once a period on a thread of its own. A turn that comes late is not made up for: probes in a burst would say nothing.</summary>
internal sealed class Pacer : IDisposable
{
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private readonly TimeSpan _period;
    private readonly Action _turn;
    private readonly Func<bool> _isOver;

    /// <param name="name">Name of the thread.</param>
    /// <param name="period">Time between two turns.</param>
    /// <param name="turn">What is done.</param>
    /// <param name="isOver">Whether what a turn works with was taken away: the lab is removed at a signal while its tools are still at work. Null when it never is.</param>
    internal Pacer(string name, TimeSpan period, Action turn, Func<bool>? isOver = null)
    {
        if (period < TimeSpan.FromMilliseconds(1))
        {
            throw new ArgumentOutOfRangeException(nameof(period), period, "time between two probes: expected at least 1 ms");
        }

        (_period, _turn, _isOver) = (period, turn, isOver ?? (static () => false));
        _thread = new Thread(Loop) { IsBackground = true, Name = name, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    /// <summary>Whether a fault of a turn only says that what it works with was taken away. Any other one ends the process: its measurement is none.</summary>
    internal static bool IsEnd(Exception fault, Func<bool> isOver) => fault is ObjectDisposedException && isOver();

    private void Loop()
    {
        var next = LabClock.Now;
        while (!_stop.IsSet)
        {
            try
            {
                _turn();
            }
            catch (Exception e) when (IsEnd(e, _isOver))
            {
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
