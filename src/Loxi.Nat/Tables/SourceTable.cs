using Loxi.Ebpf.Native.Maps;

namespace Loxi.Nat.Tables;

/// <summary>The table `sources`: one run for each list of addresses that some endpoint has, freed with the last of them.</summary>
internal sealed class SourceTable(TypedMap<uint, RawSource> map, Quarantine quarantine)
{
    private readonly RangeAllocator _places = new(map.Map.MaxEntries);
    private readonly Dictionary<SourceContent, SourceRun> _runs = [];

    /// <summary>Lists that endpoints have.</summary>
    public int Count => _runs.Count;

    public RangeAllocator Places => _places;

    /// <summary>The run of these addresses, written when there is none yet; null for none.</summary>
    /// <exception cref="TableFullException">There is no room for it.</exception>
    public SourceRun? Take(UInt128[] addresses)
    {
        if (addresses.Length == 0)
        {
            return null;
        }

        if (!_runs.TryGetValue(new SourceContent(addresses), out var run))
        {
            run = Write(addresses);
            _runs.Add(new SourceContent(addresses), run);
        }

        run.Users++;
        return run;
    }

    /// <summary>Endpoints that have these addresses.</summary>
    public int UsersOf(SourceContent content) => _runs.GetValueOrDefault(content)?.Users ?? 0;

    public TableFullException Full() => new("source addresses of endpoints", _places.Capacity);

    public void Release(SourceRun? run)
    {
        if (run is not null && --run.Users == 0)
        {
            _runs.Remove(new SourceContent(run.Addresses));
            quarantine.Add(_places, run.Base, run.Count);
        }
    }

    /// <summary>A run that an endpoint of an earlier process points to; null when its place is outside or overlaps that of another.</summary>
    public SourceRun? Adopt(uint start, uint count)
    {
        if (count == 0 || start >= _places.Capacity || count > _places.Capacity - start)
        {
            return null;
        }

        var addresses = new UInt128[count];
        for (uint i = 0; i < count; i++)
        {
            map.TryLookup(start + i, out var source);
            addresses[i] = WireAddress.ToNumber(source.Addr);
        }

        var content = new SourceContent(addresses);
        if (_runs.TryGetValue(content, out var known))
        {
            if (known.Base != start)
            {
                return null;
            }
        }
        else if (_places.TryAdopt(start, count))
        {
            _runs[content] = known = new SourceRun(addresses, start);
        }
        else
        {
            return null;
        }

        known.Users++;
        return known;
    }

    private SourceRun Write(UInt128[] addresses)
    {
        if (!_places.TryTake((uint)addresses.Length, out var start))
        {
            throw Full();
        }

        try
        {
            for (var i = 0; i < addresses.Length; i++)
            {
                map.Update(start + (uint)i, new RawSource { Addr = WireAddress.ToBytes(addresses[i]) });
            }
        }
        catch
        {
            _places.Free(start, (uint)addresses.Length);
            throw;
        }

        return new SourceRun(addresses, start);
    }
}
