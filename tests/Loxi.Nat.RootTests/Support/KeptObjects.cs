using Loxi.Core.Services;
using Loxi.Ebpf.Native;
using Loxi.Ebpf.Native.Objects;
using Loxi.Nat.DataPlane;

namespace Loxi.Nat.RootTests.Support;

/// <summary>
/// The objects of one data plane, which stay in the kernel from test to test: verifying the programs takes nearly all the time that a test
/// with packets would take. What a test has left in their maps goes before the next one; a data plane whose test failed goes altogether.
/// </summary>
internal sealed class KeptObjects : IObjectLoader, IDisposable
{
    // Nearly all tests want the same sizes, those of a class that does not want the same ones among themselves; each takes kernel memory.
    private const int MostFree = 4;

    // The one that was used last is the last.
    private static readonly List<KeptObjects> Free = [];

    private readonly Dictionary<string, BpfObject> _objects = [];
    private readonly NatOptions _sizes;

    public KeptObjects(NatOptions sizes) => _sizes = sizes;

    /// <summary>Those that are loaded.</summary>
    public IReadOnlyDictionary<string, BpfObject> Loaded => _objects;

    /// <summary>Every map, each once: objects share most of them.</summary>
    public IEnumerable<RawMap> Maps => _objects.Values.SelectMany(o => o.Maps.Values).DistinctBy(map => map.Id).Select(map => new RawMap(map));

    /// <summary>A data plane of these sizes, whose tables are empty. To be disposed, or to be given back.</summary>
    public static KeptObjects Take(NatOptions options)
    {
        // What else the options say is not in the objects.
        var sizes = options with { PortSlice = PortSlice.Whole, HashSeed = 0 };
        lock (Free)
        {
            var index = Free.FindIndex(kept => kept._sizes == sizes);
            if (index < 0)
            {
                return new KeptObjects(sizes);
            }

            var found = Free[index];
            Free.RemoveAt(index);
            return found;
        }
    }

    /// <summary>Empties the tables and keeps the objects for the next test, or lets go of them.</summary>
    public void GiveBack(bool isReusable)
    {
        if (!isReusable)
        {
            Dispose();
            return;
        }

        try
        {
            Reset();
        }
        catch (EbpfException e)
        {
            Dispose();
            throw new InvalidOperationException($"The tables could not be emptied after the test; one that freezes or closes them uses {nameof(World)}.{nameof(World.RunAlone)}.", e);
        }

        lock (Free)
        {
            Free.Add(this);
            if (Free.Count > MostFree)
            {
                Free[0].Dispose();
                Free.RemoveAt(0);
            }
        }
    }

    /// <summary>Makes every map what it was after loading.</summary>
    public void Reset()
    {
        foreach (var map in Maps)
        {
            map.Clear();
        }
    }

    public BpfObject Load(string name, Action<BpfObject> prepare)
    {
        if (!_objects.TryGetValue(name, out var loaded))
        {
            loaded = ObjectLoader.Instance.Load(name, prepare);
            _objects.Add(name, loaded);
        }

        return loaded;
    }

    /// <summary>Kept.</summary>
    public void Release(BpfObject loaded)
    {
    }

    public void Dispose()
    {
        foreach (var loaded in _objects.Values)
        {
            loaded.Dispose();
        }

        _objects.Clear();
    }
}
