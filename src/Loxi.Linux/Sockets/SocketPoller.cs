using Loxi.Linux.Interop;
using Loxi.Linux.Time;

namespace Loxi.Linux.Sockets;

/// <summary>
/// Waits for datagrams on several sockets, until a deadline in nanoseconds, or until another thread wakes it. Waiting allocates nothing.
/// One thread adds, removes and waits; <see cref="Wake"/> is for every thread.
/// </summary>
public sealed unsafe class SocketPoller : IDisposable
{
    private readonly SafeDescriptor _wake;
    private readonly List<DatagramSocket> _sockets = [];
    private Libc.PollDescriptor[] _polls = GC.AllocateArray<Libc.PollDescriptor>(8, pinned: true);

    /// <summary>Makes a poller without sockets.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public SocketPoller()
    {
        _wake = Libc.EventFd();
        if (_wake.IsInvalid)
        {
            _wake.Dispose();
            throw Libc.Failure("create eventfd");
        }

        _polls[0] = new() { Descriptor = (int)_wake.DangerousGetHandle(), Events = Libc.PollIn };
    }

    /// <summary>Whether the last <see cref="Wait"/> ended because of <see cref="Wake"/>.</summary>
    public bool IsWoken { get; private set; }

    /// <summary>Adds a socket, which must not be closed before it is removed.</summary>
    /// <param name="socket">The socket.</param>
    /// <exception cref="ArgumentException">It is there already.</exception>
    public void Add(DatagramSocket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (_sockets.Contains(socket))
        {
            throw new ArgumentException("The socket was added before.", nameof(socket));
        }

        var added = false;
        socket.Descriptor.DangerousAddRef(ref added);
        _sockets.Add(socket);
        if (_sockets.Count == _polls.Length)
        {
            var larger = GC.AllocateArray<Libc.PollDescriptor>(_polls.Length * 2, pinned: true);
            _polls.CopyTo(larger, 0);
            _polls = larger;
        }

        _polls[_sockets.Count] = new() { Descriptor = (int)socket.Descriptor.DangerousGetHandle(), Events = Libc.PollIn };
    }

    /// <summary>Takes a socket out.</summary>
    /// <param name="socket">The socket.</param>
    /// <returns>False when it was not there.</returns>
    public bool Remove(DatagramSocket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var index = _sockets.IndexOf(socket);
        if (index < 0)
        {
            return false;
        }

        _sockets.RemoveAt(index);
        _polls.AsSpan((index + 2)..(_sockets.Count + 2)).CopyTo(_polls.AsSpan(index + 1));
        socket.Descriptor.DangerousRelease();
        return true;
    }

    /// <summary>Stops or goes on watching a socket, without taking it out.</summary>
    /// <param name="socket">One that was added.</param>
    /// <param name="isWatched">Whether its datagrams end a wait.</param>
    /// <exception cref="ArgumentException">It was not added.</exception>
    public void Watch(DatagramSocket socket, bool isWatched)
    {
        ref var poll = ref _polls[IndexOf(socket) + 1];
        var descriptor = (int)socket.Descriptor.DangerousGetHandle();
        poll.Descriptor = isWatched ? descriptor : ~descriptor; // poll(2): a negative descriptor is passed over
        poll.Returned = 0;
    }

    /// <summary>Whether the last <see cref="Wait"/> found datagrams, or an error, which the next receive passes over.</summary>
    /// <param name="socket">One that was added.</param>
    /// <returns>True when there is something to receive.</returns>
    /// <exception cref="ArgumentException">It was not added.</exception>
    public bool IsReady(DatagramSocket socket) => _polls[IndexOf(socket) + 1].Returned != 0;

    /// <summary>Waits for a datagram, a wake-up or the deadline.</summary>
    /// <param name="deadlineNanoseconds">Time of <see cref="MonotonicClock"/>; <see cref="long.MaxValue"/> for none. One that is past only looks.</param>
    /// <returns>False when the deadline came first.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">The poller is disposed.</exception>
    public bool Wait(long deadlineNanoseconds)
    {
        ObjectDisposedException.ThrowIf(_wake.IsClosed, this);
        IsWoken = false;
        fixed (Libc.PollDescriptor* polls = _polls)
        {
            while (true)
            {
                var rest = deadlineNanoseconds == long.MaxValue ? -1 : Math.Max(0, deadlineNanoseconds - MonotonicClock.Nanoseconds);
                var ready = Libc.PollNanoseconds(polls, _sockets.Count + 1, rest);
                if (ready > 0)
                {
                    if (polls[0].Returned != 0)
                    {
                        ulong count;
                        _ = Libc.Read(_wake, &count, sizeof(ulong)); // cannot fail: it is readable and nobody else reads
                        IsWoken = true;
                    }

                    return true;
                }

                if (ready == 0)
                {
                    return false;
                }

                if (Libc.LastError != Errno.EINTR)
                {
                    throw Libc.Failure("poll sockets");
                }
            }
        }
    }

    /// <summary>Ends the wait that is under way, or the next one. Does nothing once the poller is disposed.</summary>
    public void Wake()
    {
        try
        {
            ulong one = 1;
            _ = Libc.Write(_wake, &one, sizeof(ulong)); // fails only with EAGAIN, when it is awake already
        }
        catch (ObjectDisposedException)
        {
            // whoever waited has gone
        }
    }

    /// <summary>Takes all sockets out, which stay open, and ends the poller. Not while a wait is under way.</summary>
    public void Dispose()
    {
        _sockets.ForEach(static socket => socket.Descriptor.DangerousRelease());
        _sockets.Clear();
        _wake.Dispose();
    }

    private int IndexOf(DatagramSocket socket)
    {
        var index = _sockets.IndexOf(socket);
        return index >= 0 ? index : throw new ArgumentException("The socket was not added.", nameof(socket));
    }
}
