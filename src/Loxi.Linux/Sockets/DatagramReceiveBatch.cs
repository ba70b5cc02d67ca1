using Loxi.Linux.Interop;

namespace Loxi.Linux.Sockets;

/// <summary>
/// Room for the datagrams of one <see cref="DatagramSocket.Receive"/>, made once and used again and again. Not safe for concurrent use.
/// </summary>
public sealed unsafe class DatagramReceiveBatch
{
    private const int ControlSize = 128; // time 32, TTL 24, destination 40, overflow 24

    private readonly DatagramInfo[] _infos;
    private readonly byte[] _memory;
    private readonly byte* _payloads;
    private readonly byte* _names;
    private readonly byte* _controls;
    private readonly Libc.IoVector* _vectors;
    private int _used;

    /// <summary>Makes room.</summary>
    /// <param name="capacity">Datagrams, 1 to 1,024.</param>
    /// <param name="payloadSize">Bytes of each, 1 to 65,535; what is longer is cut off.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public DatagramReceiveBatch(int capacity, int payloadSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1024);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(payloadSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadSize, 65_535);
        Capacity = capacity;
        PayloadSize = payloadSize;
        _infos = new DatagramInfo[capacity];

        // Pinned, so that the addresses in the headers stay true; 8 bytes of alignment are given by the array.
        var headers = capacity * sizeof(Libc.MultiMessageHeader);
        var vectors = capacity * sizeof(Libc.IoVector);
        var names = (capacity * SocketAddress.Size) + 7 & ~7;
        var controls = capacity * ControlSize;
        _memory = GC.AllocateArray<byte>(headers + vectors + names + controls + (capacity * payloadSize), pinned: true);
        var start = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _memory[0]);
        Headers = (Libc.MultiMessageHeader*)start;
        _vectors = (Libc.IoVector*)(start + headers);
        _controls = start + headers + vectors;
        _names = _controls + controls;
        _payloads = _names + names;
        for (var i = 0; i < capacity; i++)
        {
            _vectors[i] = new() { Base = _payloads + (i * payloadSize), Length = (nuint)payloadSize };
            Headers[i].Header = new() { Name = _names + (i * SocketAddress.Size), Vectors = _vectors + i, VectorCount = 1, Control = _controls + (i * ControlSize) };
        }

        _used = capacity;
    }

    /// <summary>The most datagrams of one receive.</summary>
    public int Capacity { get; }

    /// <summary>Bytes of room for each datagram.</summary>
    public int PayloadSize { get; }

    /// <summary>Datagrams of the last receive.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Datagrams that the socket has lost since it was opened, modulo 2^32, as the newest datagram of the last receive says; 0 while none were lost.
    /// A loss is reported by the first datagram that was queued after it. Stays 0 without <see cref="DatagramSocketOptions.CountDropped"/>.
    /// </summary>
    public uint Dropped { get; private set; }

    internal Libc.MultiMessageHeader* Headers { get; }

    /// <summary>What is known of a datagram of the last receive.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such datagram.</exception>
    public ref readonly DatagramInfo this[int index]
    {
        get
        {
            Check(index);
            return ref _infos[index];
        }
    }

    /// <summary>The bytes of a datagram of the last receive; they hold until the next one.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <returns>The payload, cut off at <see cref="PayloadSize"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such datagram.</exception>
    public ReadOnlySpan<byte> Payload(int index)
    {
        Check(index);
        return new(_payloads + (index * PayloadSize), _infos[index].Length);
    }

    /// <summary>Gives the kernel back what it changed in the headers.</summary>
    internal void Prepare()
    {
        for (var i = 0; i < _used; i++)
        {
            ref var header = ref Headers[i].Header;
            header.NameLength = SocketAddress.Size;
            header.ControlLength = ControlSize;
            header.Flags = 0;
        }

        _used = 0;
        Count = 0;
        Dropped = 0;
    }

    internal void Decode(int count)
    {
        for (var i = 0; i < count; i++)
        {
            ref var message = ref Headers[i];
            ref var info = ref _infos[i];
            info = new DatagramInfo { Ttl = -1, OriginalLength = (int)message.Length, Length = (int)Math.Min(message.Length, (uint)PayloadSize) };
            if (message.Header.NameLength >= 16)
            {
                info.Source = SocketAddress.Read(new(_names + (i * SocketAddress.Size), SocketAddress.Size), out var port);
                info.SourcePort = port;
            }

            var used = (int)Math.Min(message.Header.ControlLength, ControlSize);
            if (DatagramControl.Read(new(_controls + (i * ControlSize), used), ref info, out var dropped))
            {
                Dropped = dropped;
            }
        }

        _used = count;
        Count = count;
    }

    private void Check(int index) => ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
}
