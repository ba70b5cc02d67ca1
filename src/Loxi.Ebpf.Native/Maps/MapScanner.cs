using System.Buffers;

namespace Loxi.Ebpf.Native.Maps;

/// <summary>Walks a map in batches with pooled buffers: see <see cref="TypedMap{TKey, TValue}.Scan"/>. Not thread-safe.</summary>
/// <typeparam name="TKey">Key type.</typeparam>
/// <typeparam name="TValue">Value type.</typeparam>
public sealed class MapScanner<TKey, TValue> : IDisposable
    where TKey : unmanaged
    where TValue : unmanaged
{
    private readonly TypedMap<TKey, TValue> _map;
    private MapCursor _cursor;
    private TKey[] _keys;
    private TValue[] _values;
    private int _batchSize;
    private int _count;
    private TKey? _lastKey;
    private bool _byKey;
    private bool _ended;

    internal MapScanner(TypedMap<TKey, TValue> map, int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        _map = map;
        _batchSize = batchSize;
        _keys = ArrayPool<TKey>.Shared.Rent(batchSize);
        _values = ArrayPool<TValue>.Shared.Rent(batchSize);
    }

    /// <summary>Keys of the current batch, valid until the next <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<TKey> Keys => _keys.AsSpan(0, _count);

    /// <summary>Values of the current batch, valid until the next <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<TValue> Values => _values.AsSpan(0, _count);

    /// <summary>Reads the next batch.</summary>
    /// <returns>False when the map is read to its end; a batch that was announced has at least one entry.</returns>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public bool MoveNext()
    {
        _count = 0;
        while (!_ended && _count == 0)
        {
            if (_byKey)
            {
                ReadByKey();
            }
            else
            {
                ReadBatch();
            }
        }

        return _count > 0;
    }

    /// <summary>Returns the buffers to their pool.</summary>
    public void Dispose()
    {
        ArrayPool<TKey>.Shared.Return(_keys);
        ArrayPool<TValue>.Shared.Return(_values);
        _keys = [];
        _values = [];
        _count = 0;
        _ended = true;
    }

    private void ReadBatch()
    {
        try
        {
            switch (_map.LookupBatch(ref _cursor, _keys.AsSpan(0, _batchSize), _values.AsSpan(0, _batchSize), out _count))
            {
                case MapBatchStatus.End:
                    _ended = true;
                    break;
                case MapBatchStatus.SpansTooSmall:
                    Grow();
                    break;
            }
        }
        catch (EbpfException e) when (!_cursor.Started && MapGuard.IsBatchUnsupported(e.Errno))
        {
            _byKey = true;
        }
    }

    private void ReadByKey()
    {
        while (_count < _batchSize)
        {
            if (!_map.TryNextKey(_lastKey, out TKey key))
            {
                _ended = true;
                return;
            }

            _lastKey = key;
            if (_map.TryLookup(key, out _values[_count]))
            {
                _keys[_count++] = key;
            }
        }
    }

    private void Grow()
    {
        _batchSize = checked(_batchSize * 2);
        ArrayPool<TKey>.Shared.Return(_keys);
        ArrayPool<TValue>.Shared.Return(_values);
        _keys = ArrayPool<TKey>.Shared.Rent(_batchSize);
        _values = ArrayPool<TValue>.Shared.Rent(_batchSize);
    }
}
