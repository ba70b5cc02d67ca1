using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>
/// Counts of the programs that a sweep checks: the connections of each endpoint and those in the making. Whoever takes a connection out takes
/// it off the counts, so they are wrong only where a process ended in between; then the sweeps of the next one put them right.
/// </summary>
internal sealed class LoadCheck(NatMaps maps)
{
    private readonly uint[] _counted = new uint[maps.EndpointLoad.Span.Length];
    private readonly uint[] _lastCounted = new uint[maps.EndpointLoad.Span.Length];
    private readonly uint[] _lastActive = new uint[maps.EndpointLoad.Span.Length];
    private uint _embryosBefore;
    private uint _embryosSeen;

    public void Begin() => Array.Clear(_counted);

    /// <summary>Begins with the table of one family.</summary>
    public void BeginTable(int which)
    {
        _embryosSeen = 0;
        _embryosBefore = Volatile.Read(ref maps.Embryos.Span[which].Count);
    }

    /// <summary>A forward entry that stays.</summary>
    public void Count(in RawFlow flow)
    {
        if ((flow.Extra & Shared.ExtraCounted) != 0 && flow.Endpoint < _counted.Length)
        {
            _counted[flow.Endpoint]++;
        }

        if ((flow.Extra & Shared.ExtraEmbryo) != 0)
        {
            _embryosSeen++;
        }
    }

    /// <summary>Connections of an endpoint that are counted, and stay.</summary>
    public void Count(int endpoint, uint connections) => _counted[endpoint] += connections;

    /// <summary>Connections in the making that stay.</summary>
    public void CountEmbryos(uint connections) => _embryosSeen += connections;

    /// <summary>Connections begin and end while they are counted: the count is wrong only when it is far from what it was at any time.</summary>
    public void EndTable(int which)
    {
        ref var count = ref maps.Embryos.Span[which].Count;
        var after = Volatile.Read(ref count);
        var tolerance = maps.Control.Span[0].EmbryoQuota / 64;
        // Signed: a count may have gone below zero.
        var (least, most) = (Math.Min((int)_embryosBefore, (int)after), Math.Max((int)_embryosBefore, (int)after));
        if (_embryosSeen + (long)tolerance < least || _embryosSeen > most + (long)tolerance)
        {
            Interlocked.Add(ref count, _embryosSeen - after);
        }
    }

    /// <summary>
    /// An endpoint whose connections were counted twice with the same result, while its own count stood still at another one, has a wrong
    /// count. Those that change all the time are left alone: a sweep is no snapshot, and a count that is off by few does no harm.
    /// </summary>
    public void End()
    {
        var loads = maps.EndpointLoad.Span;
        for (var i = 0; i < loads.Length; i++)
        {
            var active = Volatile.Read(ref loads[i].Active);
            if (active != _counted[i] && active == _lastActive[i] && _counted[i] == _lastCounted[i])
            {
                Interlocked.CompareExchange(ref loads[i].Active, _counted[i], active);
            }

            _lastActive[i] = active;
        }

        _counted.CopyTo(_lastCounted, 0);
    }
}
