using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>Goes through the forward entries of one table, read in batches into buffers that are kept.</summary>
internal sealed class FlowWalk<TKey>(TypedMap<TKey, RawFlow> map)
    where TKey : unmanaged, IFlowKey<TKey>
{
    private TKey[] _keys = new TKey[4096];
    private RawFlow[] _flows = new RawFlow[4096];
    private MapCursor _cursor;
    private int _count;
    private int _place = -1;
    private bool _ended;

    public ref readonly TKey Key => ref _keys[_place];

    public ref readonly RawFlow Flow => ref _flows[_place];

    public void Restart()
    {
        _cursor = default;
        _count = 0;
        _place = -1;
        _ended = false;
    }

    public bool MoveNext()
    {
        while (true)
        {
            while (++_place < _count)
            {
                if ((_flows[_place].Flags & Shared.FlowReverse) == 0)
                {
                    return true;
                }
            }

            if (_ended)
            {
                _place = _count;
                return false;
            }

            ReadBatch();
        }
    }

    private void ReadBatch()
    {
        var status = map.LookupBatch(ref _cursor, _keys, _flows, out _count);
        _place = -1;
        if (status == MapBatchStatus.SpansTooSmall)
        {
            _keys = new TKey[_keys.Length * 2];
            _flows = new RawFlow[_flows.Length * 2];
            _count = 0;
        }

        _ended = status == MapBatchStatus.End;
    }
}
