using System.Runtime.InteropServices;
using System.Text;

namespace Loxi.Linux.Netlink.Wire;

/// <summary>Writes one netlink message into a buffer; every write is checked against its end.</summary>
internal ref struct NetlinkWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    internal NetlinkWriter(Span<byte> buffer, ushort type, ushort flags, uint sequence = 0)
    {
        _buffer = buffer;
        _length = 0;
        var header = Take(Nl.HeaderSize);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], flags);
        MemoryMarshal.Write(header[8..], sequence);
    }

    /// <summary>Zeroed room for a fixed header.</summary>
    internal Span<byte> Take(int length)
    {
        var aligned = Nl.Align(length);
        if (aligned > _buffer.Length - _length)
        {
            throw new NetlinkException("compose netlink message", Errno.EMSGSIZE, null, $"more than {_buffer.Length} bytes");
        }

        var room = _buffer.Slice(_length, aligned);
        room.Clear();
        _length += aligned;
        return room[..length];
    }

    internal void Attribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        var room = Take(Nl.AttributeHeaderSize + value.Length);
        MemoryMarshal.Write(room, (ushort)room.Length);
        MemoryMarshal.Write(room[2..], type);
        value.CopyTo(room[Nl.AttributeHeaderSize..]);
    }

    internal void Attribute(ushort type, uint value) => Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    internal void Attribute(ushort type, int value) => Attribute(type, (uint)value);

    internal void Attribute(ushort type, InternetAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        Attribute(type, bytes[..address.CopyTo(bytes)]);
    }

    internal void Attribute(ushort type, LinkLayerAddress address)
    {
        Span<byte> bytes = stackalloc byte[LinkLayerAddress.MaxLength];
        Attribute(type, bytes[..address.CopyTo(bytes)]);
    }

    /// <summary>Text with the closing NUL that the kernel expects.</summary>
    internal void Attribute(ushort type, string text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        Attribute(type, bytes);
    }

    /// <summary>Starts a structure whose 16-bit length is filled in by <see cref="End"/>: a nested attribute or a next hop.</summary>
    internal int Begin(ushort type)
    {
        var start = _length;
        MemoryMarshal.Write(Take(Nl.AttributeHeaderSize)[2..], type);
        return start;
    }

    /// <summary>Ends what <see cref="Begin"/> or a <see cref="Position"/> started.</summary>
    internal readonly void End(int start)
    {
        if (_length - start > ushort.MaxValue)
        {
            throw new NetlinkException("compose netlink message", Errno.EMSGSIZE, null, $"an attribute of {_length - start} bytes, at most {ushort.MaxValue} fit");
        }

        MemoryMarshal.Write(_buffer[start..], (ushort)(_length - start));
    }

    internal readonly int Position => _length;

    /// <summary>Completes the header and gives the message.</summary>
    internal readonly ReadOnlySpan<byte> Finish()
    {
        MemoryMarshal.Write(_buffer, _length);
        return _buffer[.._length];
    }
}
