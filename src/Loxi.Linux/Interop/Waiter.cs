using System.Globalization;

namespace Loxi.Linux.Interop;

/// <summary>
/// Waits until a descriptor is readable, with a time limit and cancellation by an eventfd. For one waiting thread at a time.
/// Waiting again with the same token allocates nothing.
/// </summary>
internal sealed unsafe class Waiter : IDisposable
{
    private readonly SafeDescriptor _wake;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    internal Waiter()
    {
        _wake = Libc.EventFd();
        if (_wake.IsInvalid)
        {
            _wake.Dispose();
            throw Libc.Failure("create eventfd");
        }
    }

    /// <summary>True when readable, or in error, which the next read reports; false when the time is over.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal bool Wait(SafeDescriptor descriptor, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Watch(cancellationToken);
        var start = Time.MonotonicClock.Nanoseconds;
        var limit = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : CheckedNanoseconds(timeout);
        var descriptorAdded = false;
        var wakeAdded = false;
        try
        {
            descriptor.DangerousAddRef(ref descriptorAdded);
            _wake.DangerousAddRef(ref wakeAdded);
            var polls = stackalloc Libc.PollDescriptor[2];
            polls[0] = new() { Descriptor = (int)descriptor.DangerousGetHandle(), Events = Libc.PollIn };
            polls[1] = new() { Descriptor = (int)_wake.DangerousGetHandle(), Events = Libc.PollIn };
            while (true)
            {
                var milliseconds = -1;
                if (limit != long.MaxValue)
                {
                    var rest = limit - (Time.MonotonicClock.Nanoseconds - start);
                    milliseconds = rest <= 0 ? 0 : (int)Math.Min(int.MaxValue, (rest + 999_999) / 1_000_000);
                }

                var ready = Libc.Poll(polls, 2, milliseconds);
                cancellationToken.ThrowIfCancellationRequested();
                if (ready < 0 && Libc.LastError != Errno.EINTR)
                {
                    throw Libc.Failure("poll");
                }

                if (ready > 0 && polls[0].Returned != 0)
                {
                    return true;
                }

                if (ready == 0 && milliseconds >= 0 && Time.MonotonicClock.Nanoseconds - start >= limit)
                {
                    return false;
                }
            }
        }
        finally
        {
            if (wakeAdded)
            {
                _wake.DangerousRelease();
            }

            if (descriptorAdded)
            {
                descriptor.DangerousRelease();
            }
        }
    }

    public void Dispose()
    {
        _registration.Dispose();
        _wake.Dispose();
    }

    private static long CheckedNanoseconds(TimeSpan timeout)
    {
        if (timeout < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(
                nameof(timeout), string.Create(CultureInfo.InvariantCulture, $"{timeout} is not a time to wait: expected 0 or more, or Timeout.InfiniteTimeSpan."));
        }

        return timeout.Ticks > long.MaxValue / 100 / 2 ? long.MaxValue : timeout.Ticks * 100;
    }

    private void Watch(CancellationToken token)
    {
        if (token == _token)
        {
            return;
        }

        _registration.Dispose();
        ulong drained;
        _ = Libc.Read(_wake, &drained, sizeof(ulong)); // EAGAIN when nothing had woken it
        _token = token;
        _registration = token.UnsafeRegister(static waiter => ((Waiter)waiter!).Wake(), this);
    }

    private void Wake()
    {
        ulong one = 1;
        _ = Libc.Write(_wake, &one, sizeof(ulong)); // fails only with EAGAIN, when it is awake already
    }
}
