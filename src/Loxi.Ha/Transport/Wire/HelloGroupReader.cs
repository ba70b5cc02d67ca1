namespace Loxi.Ha.Transport.Wire;

/// <summary>Walks the entries of groups of a datagram that was checked.</summary>
internal ref struct HelloGroupReader(ReadOnlySpan<byte> entries)
{
    private ReadOnlySpan<byte> _rest = entries;

    public bool TryRead(out HelloGroupEntry entry)
    {
        if (_rest.IsEmpty)
        {
            entry = default;
            return false;
        }

        var length = HelloGroupEntry.Check(_rest);
        entry = new HelloGroupEntry(_rest[..length]);
        _rest = _rest[length..];
        return true;
    }
}
