using System.Runtime.InteropServices;

namespace Loxi.Linux.Netlink.Wire;

/// <summary>Splits a received datagram into netlink messages.</summary>
internal ref struct MessageReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>The next message; false at the end.</summary>
    /// <exception cref="NetlinkException">The bytes are not a whole message.</exception>
    internal bool TryRead(out NetlinkMessage message)
    {
        if (_rest.IsEmpty)
        {
            message = default;
            return false;
        }

        if (_rest.Length < Nl.HeaderSize)
        {
            throw NetlinkException.Malformed("message header", $"{Nl.HeaderSize} bytes expected, {_rest.Length} left");
        }

        var length = MemoryMarshal.Read<uint>(_rest);
        if (length < Nl.HeaderSize || length > (uint)_rest.Length)
        {
            throw NetlinkException.Malformed("message", $"length {length} with {_rest.Length} bytes left, at least {Nl.HeaderSize} expected");
        }

        message = new NetlinkMessage(
            MemoryMarshal.Read<ushort>(_rest[4..]),
            MemoryMarshal.Read<ushort>(_rest[6..]),
            MemoryMarshal.Read<uint>(_rest[8..]),
            _rest[Nl.HeaderSize..(int)length]);
        _rest = _rest[Math.Min(Nl.Align((int)length), _rest.Length)..];
        return true;
    }
}
