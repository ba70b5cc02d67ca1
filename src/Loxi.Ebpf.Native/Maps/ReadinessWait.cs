using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native.Maps;

/// <summary>Waits for a descriptor to become readable, or for a wake-up from another thread: epoll over it and an eventfd.</summary>
internal sealed unsafe class ReadinessWait : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int ControlAdd = 1;
    private const uint EventIn = 1;
    private const ulong WakeTag = 1;
    private readonly BpfHandle _epoll;
    private readonly BpfHandle _event;
    private readonly string _what;

    public ReadinessWait(int fd, string what)
    {
        _what = what;
        _epoll = new BpfHandle(Check(Libc.EpollCreate(CloseOnExec), "create an epoll instance"));
        try
        {
            _event = new BpfHandle(Check(Libc.EventFd(0, CloseOnExec | NonBlocking), "create an eventfd"));
            Add(fd, 0);
            using FdLease wake = _event.Lease();
            Add(wake.Fd, WakeTag);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public bool Wait(TimeSpan timeout)
    {
        int milliseconds = timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Min(int.MaxValue, Math.Ceiling(timeout.TotalMilliseconds));
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, -1, nameof(timeout));
        using FdLease epoll = _epoll.Lease();
        byte* events = stackalloc byte[2 * EpollEventSize];
        int count = Libc.EpollWait(epoll.Fd, events, 2, milliseconds);
        if (count < 0)
        {
            // A signal is a wake-up: the caller looks and waits again.
            return Errno.Last == Errno.EINTR ? false : throw new EbpfException($"wait for {_what}", Errno.Last);
        }

        bool ready = false;
        for (int i = 0; i < count; i++)
        {
            if (MemoryMarshal.Read<ulong>(new ReadOnlySpan<byte>(events + (i * EpollEventSize) + EpollDataOffset, sizeof(ulong))) == WakeTag)
            {
                using FdLease wake = _event.Lease();
                ulong value;
                _ = Libc.Read(wake.Fd, &value, sizeof(ulong));
            }
            else
            {
                ready = true;
            }
        }

        return ready;
    }

    public void Wake()
    {
        using FdLease wake = _event.Lease();
        ulong one = 1;

        // It fails only when the counter is at its maximum, and then the waiter is woken already.
        _ = Libc.Write(wake.Fd, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        _epoll.Dispose();
        _event?.Dispose();
    }

    // struct epoll_event is packed on x86-64 only.
    private static int EpollDataOffset => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private static int EpollEventSize => EpollDataOffset + sizeof(ulong);

    private void Add(int fd, ulong tag)
    {
        Span<byte> item = stackalloc byte[EpollEventSize];
        item.Clear();
        MemoryMarshal.Write(item, EventIn);
        MemoryMarshal.Write(item[EpollDataOffset..], tag);
        using FdLease epoll = _epoll.Lease();
        fixed (byte* bytes = item)
        {
            _ = Check(Libc.EpollControl(epoll.Fd, ControlAdd, fd, bytes), "watch");
        }
    }

    private int Check(int result, string operation) => result >= 0 ? result : throw new EbpfException($"{operation} for {_what}", Errno.Last);
}
