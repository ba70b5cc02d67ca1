using System.Runtime.InteropServices;
using Loxi.Ebpf.Native;
using Loxi.Ebpf.Native.Maps;

namespace Loxi.Nat.RootTests.Support;

/// <summary>The entries of a map of any kind, as bytes. A kind that is not known here is an error: no map that is new can be forgotten.</summary>
internal sealed partial class RawMap
{
    /// <summary>Of the maps in a map of maps.</summary>
    public const string InnerName = "loxi_maglev";

    private const int NoEntry = -2;

    private readonly BpfMap _map;
    private readonly Kind _kind;

    public RawMap(BpfMap map)
    {
        _map = map;
        _kind = KindOf(map);
    }

    private enum Kind
    {
        /// <summary>Frozen before a program is loaded: nobody can change it.</summary>
        Constant,

        /// <summary>Every place has a value, zeros at first.</summary>
        Places,

        /// <summary>Entries come and go; none at first.</summary>
        Entries,

        /// <summary>Places whose entries come and go.</summary>
        MapsAtPlaces,

        /// <summary>Records that are taken in order.</summary>
        Ring,
    }

    public string Name => _map.Name;

    public uint Id => _map.Id;

    public bool IsConstant => _kind == Kind.Constant;

    private int Fd => (int)_map.Handle.DangerousGetHandle();

    /// <summary>Each CPU's value is rounded up to 8 bytes.</summary>
    private int ValueBytes => _map.Type == BpfMapType.PerCpuArray ? ((_map.ValueSize + 7) & ~7) * PossibleCpus.Count : _map.ValueSize;

    /// <summary>Makes it what it was after loading.</summary>
    public void Clear()
    {
        switch (_kind)
        {
            case Kind.Places:
                WriteAll();
                break;
            case Kind.Entries or Kind.MapsAtPlaces:
                Keys().ForEach(key => Check(MapDelete(Fd, key), "delete from"));
                break;
            case Kind.Ring:
                TakeRecords();
                break;
        }
    }

    /// <summary>All that is in it. Records of a ring are taken out.</summary>
    public List<string> Read() =>
        _kind == Kind.Ring ? TakeRecords() : [.. Keys().Select(key => $"{Convert.ToHexString(key)}: {Convert.ToHexString(Lookup(key)!)}")];

    /// <summary>Puts a value at a key.</summary>
    public void Write(byte[] key, byte[] value) => Check(MapUpdate(Fd, key, value, 0), "write to");

    /// <summary>Puts something into it: to its first and its last place, or two entries. Programs alone can write to a ring.</summary>
    /// <param name="inner">What a map of maps gets, at its last place.</param>
    /// <param name="device">What a map of devices gets.</param>
    public void Fill(BpfMap inner, int device)
    {
        if (_kind == Kind.Places)
        {
            Write(BitConverter.GetBytes(0u), Junk(ValueBytes));
            Write(BitConverter.GetBytes(_map.MaxEntries - 1), Junk(ValueBytes));
        }
        else if (_kind == Kind.MapsAtPlaces)
        {
            Write(BitConverter.GetBytes(_map.MaxEntries - 1), BitConverter.GetBytes((int)inner.Handle.DangerousGetHandle()));
        }
        else if (_map.Type == BpfMapType.DeviceMapHash)
        {
            Write(BitConverter.GetBytes(device), BitConverter.GetBytes(device));
        }
        else if (_kind == Kind.Entries)
        {
            // A trie's key begins with the length of its prefix: in bits, and all of them make up the key.
            byte[] length = _map.Type == BpfMapType.LpmTrie ? BitConverter.GetBytes((_map.KeySize - sizeof(uint)) * 8) : [];
            Write([.. length, .. Junk(_map.KeySize - length.Length)], Junk(ValueBytes));
            Write([.. length, .. new byte[_map.KeySize - length.Length]], Junk(ValueBytes));
        }
    }

    private static byte[] Junk(int length) => [.. Enumerable.Repeat((byte)0xa5, length)];

    private static Kind KindOf(BpfMap map) => map.Type switch
    {
        BpfMapType.Array when map.Name.StartsWith(".rodata", StringComparison.Ordinal) => Kind.Constant,

        // Variables with a value other than zero.
        BpfMapType.Array when map.Name.StartsWith(".data", StringComparison.Ordinal) => throw Unknown(map),
        BpfMapType.Array or BpfMapType.PerCpuArray => Kind.Places,
        BpfMapType.Hash or BpfMapType.LruHash or BpfMapType.LpmTrie or BpfMapType.DeviceMapHash => Kind.Entries,
        BpfMapType.ArrayOfMaps => Kind.MapsAtPlaces,
        BpfMapType.RingBuffer => Kind.Ring,
        _ => throw Unknown(map),
    };

    private static NotSupportedException Unknown(BpfMap map) => new($"Map '{map.Name}' is a {map.Type}: {nameof(RawMap)} does not know what it is like after loading.");

    private List<byte[]> Keys()
    {
        if (_kind == Kind.MapsAtPlaces)
        {
            return TakenPlaces();
        }

        var keys = new List<byte[]>();
        var next = new byte[_map.KeySize];
        while (Check(MapNextKey(Fd, keys.Count == 0 ? null : keys[^1], next), "walk"))
        {
            keys.Add([.. next]);
        }

        return keys;
    }

    /// <summary>
    /// Before Linux 6.8 a look at a place waits for a grace period, at an empty one too, and there are thousands: it ends when as many are
    /// found as there are maps that can be in one. Each is in one place at most.
    /// </summary>
    private List<byte[]> TakenPlaces()
    {
        var keys = new List<byte[]>();
        var left = CountInnerMaps();
        for (uint place = 0; place < _map.MaxEntries && left > 0; place++)
        {
            var key = BitConverter.GetBytes(place);
            if (Lookup(key) is not null)
            {
                keys.Add(key);
                left--;
            }
        }

        return keys;
    }

    private static int CountInnerMaps()
    {
        var count = 0;
        for (uint id = 0; MapNextId(id, out id) == 0;)
        {
            try
            {
                using var map = BpfMap.OpenById(id);
                count += map.Name == InnerName ? 1 : 0;
            }
            catch (EbpfException e) when (e.Errno == -NoEntry)
            {
                // Gone meanwhile.
            }
        }

        return count;
    }

    private byte[]? Lookup(byte[] key)
    {
        var value = new byte[ValueBytes];
        return Check(MapLookup(Fd, key, value), "look up in") ? value : null;
    }

    private unsafe void WriteAll()
    {
        var keys = Enumerable.Range(0, (int)_map.MaxEntries).ToArray();
        var values = new byte[checked(ValueBytes * keys.Length)];
        var count = (uint)keys.Length;
        Check(MapUpdateBatch(Fd, keys, values, ref count, 0), "write to");
    }

    private List<string> TakeRecords()
    {
        using var reader = new RingBufferReader(_map);
        var records = new List<string>();
        reader.Consume(record => records.Add(Convert.ToHexString(record)));
        return records;
    }

    /// <summary>False when there is no such entry.</summary>
    private bool Check(int result, string operation) => result switch
    {
        0 => true,
        NoEntry => false,
        _ => throw new EbpfException($"{operation} map '{Name}'", -result),
    };

    // int bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags);
    [LibraryImport("libbpf.so.1", EntryPoint = "bpf_map_update_elem")]
    private static partial int MapUpdate(int fd, byte[] key, byte[] value, ulong flags);

    // int bpf_map_lookup_elem(int fd, const void *key, void *value);
    [LibraryImport("libbpf.so.1", EntryPoint = "bpf_map_lookup_elem")]
    private static partial int MapLookup(int fd, byte[] key, [Out] byte[] value);

    // int bpf_map_delete_elem(int fd, const void *key);
    [LibraryImport("libbpf.so.1", EntryPoint = "bpf_map_delete_elem")]
    private static partial int MapDelete(int fd, byte[] key);

    // int bpf_map_get_next_key(int fd, const void *key, void *next_key);
    [LibraryImport("libbpf.so.1", EntryPoint = "bpf_map_get_next_key")]
    private static partial int MapNextKey(int fd, byte[]? key, [Out] byte[] next);

    // int bpf_map_get_next_id(__u32 start_id, __u32 *next_id);
    [LibraryImport("libbpf.so.1", EntryPoint = "bpf_map_get_next_id")]
    private static partial int MapNextId(uint start, out uint next);

    // int bpf_map_update_batch(int fd, const void *keys, const void *values, __u32 *count, const struct bpf_map_batch_opts *opts);
    [LibraryImport("libbpf.so.1", EntryPoint = "bpf_map_update_batch")]
    private static partial int MapUpdateBatch(int fd, int[] keys, byte[] values, ref uint count, nint options);
}
