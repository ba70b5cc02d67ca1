using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Capture;

/// <summary>Frames that pass one interface of a host, in both directions, as they come.</summary>
/// <remarks>
/// A program in XDP that drops, sends back or redirects a frame does so before the capture of that interface would see
/// it; what it sends is seen at the other end of the link.
/// </remarks>
public sealed class PacketCapture : IDisposable
{
    private readonly PacketSocket _socket;
    private readonly Func<CapturedPacket, bool>? _filter;
    private readonly Thread _thread;
    private readonly List<CapturedPacket> _packets = [];
    private readonly Lock _gate = new();
    private readonly string _device;
    private TaskCompletionSource _arrival = NewSignal();
    private int _disposed;
    private int _dropped;

    private PacketCapture(LabHost host, string device, Func<CapturedPacket, bool>? filter)
    {
        _device = device;
        _filter = filter;
        _socket = host.Run(() => new PacketSocket(device));
        _thread = new Thread(Loop) { IsBackground = true, Name = $"capture {host.Name} {device}" };
        _thread.Start();
    }

    /// <summary>The packets so far that passed the filter.</summary>
    public IReadOnlyList<CapturedPacket> Packets
    {
        get
        {
            lock (_gate)
            {
                return [.. _packets];
            }
        }
    }

    /// <summary>Whether it has ended: nothing can be sent any more.</summary>
    public bool IsClosed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Frames lost because the capture was too slow; a test that says "none were seen" asserts 0.</summary>
    public int Dropped
    {
        get
        {
            lock (_gate)
            {
                return _disposed == 0 ? _dropped += _socket.TakeDropped() : _dropped;
            }
        }
    }

    /// <summary>Starts a capture; when this returns, every frame from now on is seen.</summary>
    public static PacketCapture Start(LabHost host, string device, Func<CapturedPacket, bool>? filter = null) => new(host, device, filter);

    /// <summary>Sends a frame out of the interface.</summary>
    public void Send(ReadOnlySpan<byte> frame) => _socket.Send(frame);

    /// <summary>Sends a frame out of the interface.</summary>
    /// <returns>False when the queue of the interface, or of the one at its other end, is full.</returns>
    public bool TrySend(ReadOnlySpan<byte> frame) => _socket.TrySend(frame);

    /// <summary>Forgets the packets so far.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _packets.Clear();
        }
    }

    /// <summary>Waits until a packet matches, among those already seen or to come.</summary>
    /// <exception cref="TimeoutException">None came in time; the message lists what was seen.</exception>
    public async Task<CapturedPacket> WaitForAsync(Func<CapturedPacket, bool> predicate, string what, TimeSpan? timeout = null)
        => (await WaitForAsync(predicate, 1, what, timeout))[0];

    /// <summary>Waits until <paramref name="count"/> packets match.</summary>
    public async Task<IReadOnlyList<CapturedPacket>> WaitForAsync(Func<CapturedPacket, bool> predicate, int count, string what, TimeSpan? timeout = null)
    {
        using var limit = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(5));
        while (true)
        {
            Task arrival;
            CapturedPacket[] found;
            lock (_gate)
            {
                found = [.. _packets.Where(predicate).Take(count)];
                arrival = _arrival.Task;
            }

            if (found.Length == count)
            {
                return found;
            }

            try
            {
                await arrival.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException(
                    $"{_device}: {found.Length} of {count} packets '{what}' in time; seen:\n{string.Join('\n', Packets.TakeLast(30))}", e);
            }
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _socket.Wake();
            _thread.Join();
            lock (_gate)
            {
                _socket.Dispose();
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Loop()
    {
        while (_socket.Receive() is { } received)
        {
            var packet = new CapturedPacket(received.Frame, _device, received.Outgoing, received.ChecksumPartial, DateTimeOffset.UtcNow, received.Moment);
            if (_filter is not null && !_filter(packet))
            {
                continue;
            }

            TaskCompletionSource arrival;
            lock (_gate)
            {
                _packets.Add(packet);
                arrival = _arrival;
                _arrival = NewSignal();
            }

            arrival.SetResult();
        }
    }
}
