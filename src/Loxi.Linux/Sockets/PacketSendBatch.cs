using System.Runtime.CompilerServices;
using Loxi.Linux.Interop;

namespace Loxi.Linux.Sockets;

/// <summary>
/// Frames for one <see cref="PacketSocket.Send(PacketSendBatch)"/>, in room that is made once and used again and again. Not safe for concurrent use.
/// </summary>
public sealed unsafe class PacketSendBatch
{
    private readonly int[] _errors;
    private readonly byte[] _memory;
    private readonly byte* _frames;
    private readonly Libc.PacketAddress* _names;
    private readonly Libc.IoVector* _vectors;

    /// <summary>Makes room.</summary>
    /// <param name="capacity">Frames, 1 to 1,024.</param>
    /// <param name="frameSize">The most bytes of each, 14 to 65,536.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public PacketSendBatch(int capacity, int frameSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(frameSize, 14);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frameSize, 65_536);
        Capacity = capacity;
        FrameSize = frameSize;
        _errors = new int[capacity];

        // Pinned, so that the addresses in the headers stay true.
        var headers = capacity * sizeof(Libc.MultiMessageHeader);
        var vectors = capacity * sizeof(Libc.IoVector);
        var names = capacity * sizeof(Libc.PacketAddress);
        _memory = GC.AllocateArray<byte>(headers + vectors + names + (capacity * frameSize), pinned: true);
        var start = (byte*)Unsafe.AsPointer(ref _memory[0]);
        Headers = (Libc.MultiMessageHeader*)start;
        _vectors = (Libc.IoVector*)(start + headers);
        _names = (Libc.PacketAddress*)(start + headers + vectors);
        _frames = start + headers + vectors + names;
        for (var i = 0; i < capacity; i++)
        {
            _vectors[i].Base = _frames + (i * frameSize);
            Headers[i].Header = new() { Name = _names + i, NameLength = (uint)sizeof(Libc.PacketAddress), Vectors = _vectors + i, VectorCount = 1 };
        }
    }

    /// <summary>The most frames of one send.</summary>
    public int Capacity { get; }

    /// <summary>The most bytes of each.</summary>
    public int FrameSize { get; }

    /// <summary>Frames that were added.</summary>
    public int Count { get; private set; }

    internal Libc.MultiMessageHeader* Headers { get; }

    /// <summary>Takes all frames out.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a frame.</summary>
    /// <param name="interfaceIndex">The link, in the namespace of the socket; positive.</param>
    /// <param name="frame">The whole frame, link-layer header included, which is copied; 14 bytes or more on Ethernet.</param>
    /// <returns>False when the batch is full.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is not positive, or the frame is longer than <see cref="FrameSize"/>.</exception>
    public bool TryAdd(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(interfaceIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frame.Length, FrameSize, nameof(frame));
        if (Count == Capacity)
        {
            return false;
        }

        var i = Count++;
        frame.CopyTo(new Span<byte>(_frames + (i * FrameSize), FrameSize));
        _vectors[i].Length = (nuint)frame.Length;
        // Protocol 0: the kernel reads it from the frame (since Linux 5.0).
        _names[i] = new() { Family = Libc.AfPacket, InterfaceIndex = interfaceIndex };
        _errors[i] = 0;
        return true;
    }

    /// <summary>What became of a frame in the last send.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1, in the order of adding.</param>
    /// <returns>0 when it was sent, else the error number (<see cref="Errno"/>).</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame.</exception>
    public int Error(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _errors[index];
    }

    internal void SetError(int index, int error) => _errors[index] = error;
}
