using System.Runtime.CompilerServices;
using Loxi.Linux.Interop;

namespace Loxi.Linux.Sockets;

/// <summary>
/// Datagrams for one <see cref="DatagramSocket.Send"/>, in room that is made once and used again and again. Not safe for concurrent use.
/// </summary>
public sealed unsafe class DatagramSendBatch
{
    private readonly int[] _errors;
    private readonly byte[] _memory;
    private readonly byte* _payloads;
    private readonly byte* _names;
    private readonly byte* _controls;
    private readonly Libc.IoVector* _vectors;

    /// <summary>Makes room.</summary>
    /// <param name="capacity">Datagrams, 1 to 1,024.</param>
    /// <param name="payloadSize">The most bytes of each, 1 to 65,507.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public DatagramSendBatch(int capacity, int payloadSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1024);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(payloadSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadSize, 65_507);
        Capacity = capacity;
        PayloadSize = payloadSize;
        _errors = new int[capacity];

        // Pinned, so that the addresses in the headers stay true; 8 bytes of alignment are given by the array.
        var headers = capacity * sizeof(Libc.MultiMessageHeader);
        var vectors = capacity * sizeof(Libc.IoVector);
        var names = (capacity * SocketAddress.Size) + 7 & ~7;
        var controls = capacity * DatagramControl.WriteSize;
        _memory = GC.AllocateArray<byte>(headers + vectors + names + controls + (capacity * payloadSize), pinned: true);
        var start = (byte*)Unsafe.AsPointer(ref _memory[0]);
        Headers = (Libc.MultiMessageHeader*)start;
        _vectors = (Libc.IoVector*)(start + headers);
        _controls = start + headers + vectors;
        _names = _controls + controls;
        _payloads = _names + names;
        for (var i = 0; i < capacity; i++)
        {
            _vectors[i].Base = _payloads + (i * payloadSize);
            Headers[i].Header = new() { Name = _names + (i * SocketAddress.Size), Vectors = _vectors + i, VectorCount = 1 };
        }
    }

    /// <summary>The most datagrams of one send.</summary>
    public int Capacity { get; }

    /// <summary>The most bytes of each.</summary>
    public int PayloadSize { get; }

    /// <summary>Datagrams that were added.</summary>
    public int Count { get; private set; }

    internal Libc.MultiMessageHeader* Headers { get; }

    /// <summary>Takes all datagrams out.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a datagram.</summary>
    /// <param name="target">Where it goes.</param>
    /// <param name="payload">Its bytes, which are copied.</param>
    /// <returns>False when the batch is full.</returns>
    /// <exception cref="ArgumentException">The target has no address or its source is of another family.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The payload is longer than <see cref="PayloadSize"/>, or the port or the TTL is out of range.</exception>
    public bool TryAdd(in DatagramTarget target, ReadOnlySpan<byte> payload)
    {
        Check(target, payload.Length);
        if (Count == Capacity)
        {
            return false;
        }

        var i = Count++;
        payload.CopyTo(new Span<byte>(_payloads + (i * PayloadSize), PayloadSize));
        _vectors[i].Length = (nuint)payload.Length;
        _errors[i] = 0;
        ref var header = ref Headers[i].Header;
        header.NameLength = (uint)SocketAddress.Write(new(_names + (i * SocketAddress.Size), SocketAddress.Size), target.Address, target.Port, target.InterfaceIndex);
        var control = _controls + (i * DatagramControl.WriteSize);
        var length = DatagramControl.Write(new(control, DatagramControl.WriteSize), target);
        header.Control = length == 0 ? null : control;
        header.ControlLength = (nuint)length;
        return true;
    }

    /// <summary>What became of a datagram in the last send.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1, in the order of adding.</param>
    /// <returns>0 when it was sent, else the error number (<see cref="Errno"/>).</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such datagram.</exception>
    public int Error(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _errors[index];
    }

    internal void SetErrors(int start, int count, int error) => _errors.AsSpan(start, count).Fill(error);

    private void Check(in DatagramTarget target, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, PayloadSize, "payload");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(target.Port, "target.Port");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target.Port, 65_535, "target.Port");
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)target.Ttl, 255u, "target.Ttl");
        if (target.Address.IsNone || (!target.Source.IsNone && target.Source.Family != target.Address.Family))
        {
            throw new ArgumentException($"A destination and, if any, a source of its family are expected, not {target.Address} and {target.Source}.", nameof(target));
        }
    }
}
