namespace Loxi.Fuzz;

/// <summary>Reads bytes as what a script needs; after their end all is zero.</summary>
internal ref struct Script(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsEmpty => _rest.IsEmpty;

    public byte Byte()
    {
        if (_rest.IsEmpty)
        {
            return 0;
        }

        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public int UInt16() => (Byte() << 8) | Byte();

    public ulong UInt64() => ((ulong)UInt16() << 48) | ((ulong)UInt16() << 32) | ((ulong)UInt16() << 16) | (uint)UInt16();

    public ReadOnlySpan<byte> Bytes(int count)
    {
        var taken = _rest[..Math.Min(count, _rest.Length)];
        _rest = _rest[taken.Length..];
        return taken;
    }
}
