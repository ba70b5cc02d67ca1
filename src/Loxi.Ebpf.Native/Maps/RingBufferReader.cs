using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native.Maps;

/// <summary>
/// Consumes a ring buffer map (5.8) through its memory mapping: no system call and no allocation per record. One consumer per ring;
/// not thread-safe, except <see cref="Wake"/>. A record that did not fit is lost at the producer, which alone can count it
/// (<c>bpf_ringbuf_reserve</c> returned NULL).
/// </summary>
public sealed unsafe class RingBufferReader : IDisposable
{
    // linux/bpf.h: BPF_RINGBUF_BUSY_BIT, BPF_RINGBUF_DISCARD_BIT, BPF_RINGBUF_HDR_SZ.
    private const uint Busy = 1u << 31;
    private const uint Discard = 1u << 30;
    private const int HeaderSize = 8;
    private readonly string _name;
    private readonly uint _mask;
    private readonly nuint _consumerBytes;
    private readonly nuint _producerBytes;
    private readonly ReadinessWait _wait;
    private nint _consumer;
    private nint _producer;
    private byte* _data;

    /// <summary>Opens a ring.</summary>
    /// <param name="map">Map of type <see cref="BpfMapType.RingBuffer"/>; may be disposed afterwards, the reader keeps it alive.</param>
    /// <exception cref="ArgumentException">The map is of another type.</exception>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public RingBufferReader(BpfMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        MapGuard.RequireType(map, BpfMapType.RingBuffer);
        _name = map.Name;
        _mask = map.MaxEntries - 1;
        nuint page = (nuint)Environment.SystemPageSize;
        _consumerBytes = page;
        _producerBytes = page + (2 * (nuint)map.MaxEntries);
        using FdLease fd = map.Handle.Lease();
        try
        {
            // Page 0: the consumer position, writable. From page 1: the producer position, then the data twice in a row, so that no record is split.
            _consumer = Map(fd.Fd, _consumerBytes, Libc.ProtRead | Libc.ProtWrite, 0);
            _producer = Map(fd.Fd, _producerBytes, Libc.ProtRead, (nint)page);
            _data = (byte*)_producer + page;
            _wait = new ReadinessWait(fd.Fd, $"ring buffer '{_name}'");
        }
        catch
        {
            Unmap();
            GC.SuppressFinalize(this);
            throw;
        }
    }

    /// <summary>Unmaps memory that was never disposed.</summary>
    ~RingBufferReader() => Unmap();

    /// <summary>Bytes that producers wrote and this reader has not consumed, including records in progress.</summary>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public long PendingBytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_data == null, this);
            return (long)(Volatile.Read(ref *(ulong*)_producer) - Volatile.Read(ref *(ulong*)_consumer));
        }
    }

    /// <summary>Hands the records that are ready to a handler, without waiting.</summary>
    /// <param name="handler">Called once per record; the span is valid during the call only.</param>
    /// <param name="maximum">Most records to consume, 1 or more; no limit by default.</param>
    /// <returns>Number of records handled.</returns>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public int Consume(RingBufferRecordHandler handler, int maximum = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Consume(handler, static (record, state) => state(record), maximum);
    }

    /// <summary>Hands the records that are ready to a handler, without waiting, with a state so that the handler needs no closure.</summary>
    /// <typeparam name="TState">Type of the state.</typeparam>
    /// <param name="state">Passed to every call.</param>
    /// <param name="handler">Called once per record; the span is valid during the call only.</param>
    /// <param name="maximum">Most records to consume, 1 or more; no limit by default.</param>
    /// <returns>Number of records handled. When the handler throws, its record counts as consumed.</returns>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public int Consume<TState>(TState state, RingBufferRecordHandler<TState> handler, int maximum = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, 1);
        ObjectDisposedException.ThrowIf(_data == null, this);
        int handled = 0;
        ref ulong consumerPosition = ref *(ulong*)_consumer;
        ulong position = Volatile.Read(ref consumerPosition);
        while (handled < maximum)
        {
            if (position >= Volatile.Read(ref *(ulong*)_producer))
            {
                break;
            }

            byte* header = _data + (position & _mask);
            uint length = Volatile.Read(ref *(uint*)header);
            if ((length & Busy) != 0)
            {
                // Reserved and not yet submitted: the producer notifies when it submits.
                break;
            }

            bool discarded = (length & Discard) != 0;
            uint size = length & ~(Busy | Discard);
            position += (HeaderSize + (ulong)size + 7) & ~7ul;
            try
            {
                if (!discarded)
                {
                    handler(new ReadOnlySpan<byte>(header + HeaderSize, (int)size), state);
                    handled++;
                }
            }
            finally
            {
                Volatile.Write(ref consumerPosition, position);
            }
        }

        GC.KeepAlive(this);
        return handled;
    }

    /// <summary>Waits until records may be ready.</summary>
    /// <param name="timeout">Longest wait, in milliseconds precision; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <returns>True when records may be ready; false after the timeout or <see cref="Wake"/>.</returns>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public bool Wait(TimeSpan timeout)
    {
        ObjectDisposedException.ThrowIf(_data == null, this);
        return _wait.Wait(timeout);
    }

    /// <summary>Ends the current or next <see cref="Wait"/>. May be called from any thread.</summary>
    public void Wake() => _wait.Wake();

    /// <summary>Consumes records on the calling thread until cancelled. Meant for a thread of its own.</summary>
    /// <param name="handler">Called once per record; the span is valid during the call only.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public void Run(RingBufferRecordHandler handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(handler);
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static reader => ((RingBufferReader)reader!).Wake(), this);
        while (!cancellationToken.IsCancellationRequested)
        {
            Consume(handler, maximum: 4096);

            // The ring polls readable while anything is pending, also a record that is reserved and not yet submitted: no wake-up is lost.
            Wait(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Closes the reader. The ring keeps its consumer position.</summary>
    public void Dispose()
    {
        Unmap();
        _wait.Dispose();
        GC.SuppressFinalize(this);
    }

    private nint Map(int fd, nuint bytes, int protection, nint offset)
    {
        nint address = Libc.Mmap(0, bytes, protection, Libc.MapShared, fd, offset);
        return address != Libc.MapFailed ? address : throw new EbpfException($"map ring buffer '{_name}' into memory", Errno.Last);
    }

    private void Unmap()
    {
        _data = null;
        Release(ref _consumer, _consumerBytes);
        Release(ref _producer, _producerBytes);
    }

    private static void Release(ref nint address, nuint bytes)
    {
        nint value = Interlocked.Exchange(ref address, 0);
        if (value != 0)
        {
            _ = Libc.Munmap(value, bytes);
        }
    }
}
