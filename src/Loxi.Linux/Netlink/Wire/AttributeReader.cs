using System.Runtime.InteropServices;
using System.Text;

namespace Loxi.Linux.Netlink.Wire;

/// <summary>Walks netlink attributes (type, length, value, padding to 4 bytes); every length is checked before it is used.</summary>
internal ref struct AttributeReader
{
    private readonly string _what;
    private ReadOnlySpan<byte> _rest;

    internal AttributeReader(ReadOnlySpan<byte> attributes, string what)
    {
        _rest = attributes;
        _what = what;
        Type = 0;
        Value = default;
    }

    /// <summary>Type of the current attribute, without the nested and byte-order bits.</summary>
    internal ushort Type { get; private set; }

    /// <summary>Value of the current attribute.</summary>
    internal ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Goes to the next attribute; false at the end.</summary>
    /// <exception cref="NetlinkException">The bytes are not a whole attribute.</exception>
    internal bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (_rest.Length < Nl.AttributeHeaderSize)
        {
            throw NetlinkException.Malformed(_what, $"{_rest.Length} bytes after the last attribute, a header has {Nl.AttributeHeaderSize}");
        }

        int length = MemoryMarshal.Read<ushort>(_rest);
        if (length < Nl.AttributeHeaderSize || length > _rest.Length)
        {
            throw NetlinkException.Malformed(_what, $"attribute of length {length} with {_rest.Length} bytes left");
        }

        Type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & Nl.AttributeTypeMask);
        Value = _rest[Nl.AttributeHeaderSize..length];
        _rest = _rest[Math.Min(Nl.Align(length), _rest.Length)..];
        return true;
    }

    internal readonly byte Byte() => Fixed(1)[0];

    internal readonly ushort UInt16() => MemoryMarshal.Read<ushort>(Fixed(2));

    internal readonly uint UInt32() => MemoryMarshal.Read<uint>(Fixed(4));

    internal readonly int Int32() => MemoryMarshal.Read<int>(Fixed(4));

    /// <summary>A structure of at least so many bytes: kernels append to them.</summary>
    internal readonly ReadOnlySpan<byte> AtLeast(int length) => Value.Length >= length ? Value : throw WrongLength($"at least {length}");

    internal readonly string Text()
    {
        var end = Value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
    }

    internal readonly InternetAddress Address(byte family)
    {
        var expected = family == Nl.FamilyInet ? 4 : 16;
        return Value.Length == expected ? InternetAddress.FromBytes(Value) : throw WrongLength($"{expected} for address family {family}");
    }

    internal readonly LinkLayerAddress LinkLayer() =>
        Value.Length <= LinkLayerAddress.MaxLength ? new LinkLayerAddress(Value) : throw WrongLength($"at most {LinkLayerAddress.MaxLength}");

    internal readonly AttributeReader Nested(string what) => new(Value, what);

    private readonly ReadOnlySpan<byte> Fixed(int length) => Value.Length == length ? Value : throw WrongLength($"{length}");

    private readonly NetlinkException WrongLength(string expected) =>
        NetlinkException.Malformed(_what, $"attribute {Type} has {Value.Length} bytes, {expected} expected");
}
