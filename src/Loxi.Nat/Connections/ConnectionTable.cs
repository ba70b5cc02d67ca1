using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>
/// The connections of the node. The kernel's tables are the only truth: every call reads them, in batches, while packets change them.
/// </summary>
public sealed partial class ConnectionTable : IConnectionTable
{
    private readonly FlowTable<RawFlowKey4> _flows4;
    private readonly FlowTable<RawFlowKey6> _flows6;
    private readonly NatMaps _maps;
    private readonly FlowPairs _pairs;
    private readonly ServiceTables _services;
    private readonly ConnectionTimeouts _timeouts;
    private readonly LoadCheck _loads;
    private readonly KernelSweep _kernel;
    private readonly Lock _sweeping = new();
    private uint[] _active;
    private uint[] _counting;
    private long _expired;
    private long _count;

    internal ConnectionTable(NatDataPlane dataPlane, ServiceTables services, Lock gate, ConnectionTimeouts timeouts, RecordFailures failures)
    {
        var maps = dataPlane.Maps;
        _maps = maps;
        Changes = new ConnectionChanges(maps, services, failures);
        _importer = new ConnectionImporter(dataPlane, services, gate);
        _pairs = new FlowPairs(dataPlane);
        _flows4 = new FlowTable<RawFlowKey4>(maps.Flow4, _pairs, Changes.OnRemoved);
        _flows6 = new FlowTable<RawFlowKey6>(maps.Flow6, _pairs, Changes.OnRemoved);
        _services = services;
        _timeouts = timeouts;
        _active = new uint[maps.Endpoints.Map.MaxEntries];
        _counting = new uint[_active.Length];
        _loads = new LoadCheck(maps);
        _kernel = new KernelSweep(dataPlane.Sweep, maps, services, timeouts);
        Capacity = maps.Flow4.Map.MaxEntries / 2;
    }

    /// <summary>Connections that fit, for each address family.</summary>
    public long Capacity { get; }

    /// <summary>Connections that ended by silence since the process started.</summary>
    public long Expired => Interlocked.Read(ref _expired);

    /// <summary>Connections in the tables at the last sweep.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>The connections, in no particular order.</summary>
    /// <returns>The connections, read as they are enumerated.</returns>
    public IEnumerable<Connection> Read()
    {
        var now = FlowClock.Now;
        foreach (var (key, forward, reverse) in _flows4.Read())
        {
            yield return Describe(key, forward, reverse, now);
        }

        foreach (var (key, forward, reverse) in _flows6.Read())
        {
            yield return Describe(key, forward, reverse, now);
        }
    }

    /// <summary>Removes connections, both directions of each.</summary>
    /// <param name="which">Which to remove.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="which"/> is null.</exception>
    public long Delete(Func<Connection, bool> which)
    {
        ArgumentNullException.ThrowIfNull(which);
        var now = FlowClock.Now;
        return _flows4.Remove((key, forward, reverse) => which(Describe(key, forward, reverse, now)))
            + _flows6.Remove((key, forward, reverse) => which(Describe(key, forward, reverse, now)));
    }

    /// <summary>Connections of an endpoint at the last sweep.</summary>
    internal uint ActiveOf(uint endpoint) => endpoint < _active.Length ? Volatile.Read(ref _active)[endpoint] : 0;

    /// <summary>
    /// One pass over both tables. After it no flow of <paramref name="retired"/> is left. The kernel looks for what is over; every entry is
    /// read where none may be missed, where the table is so large that the kernel would be busy with it for long, and where it finds too much.
    /// </summary>
    internal void Sweep(HashSet<uint>? retired)
    {
        lock (_sweeping)
        {
            Array.Clear(_counting);
            var sweep = new SweepState { Now = FlowClock.Now, Services = _services, Timeouts = _timeouts, Retired = retired, Active = _counting, Loads = _loads };
            var inKernel = retired is null && Count <= KernelSweep.MostConnections && _kernel.TryPrepare();
            _loads.Begin();
            _loads.BeginTable(0);
            if (!inKernel || !_kernel.TrySweep(_flows4, ref sweep))
            {
                _flows4.Sweep(ref sweep);
            }

            _loads.EndTable(0);
            _loads.BeginTable(1);
            if (!inKernel || !_kernel.TrySweep(_flows6, ref sweep))
            {
                _flows6.Sweep(ref sweep);
            }

            _loads.EndTable(1);
            _loads.End();
            _counting = Interlocked.Exchange(ref _active, _counting);
            Interlocked.Add(ref _expired, sweep.Expired);
            Interlocked.Exchange(ref _count, sweep.Count);
        }
    }

    private Connection Describe<TKey>(in TKey key, in RawFlow forward, in RawFlow reverse, uint now)
        where TKey : unmanaged, IFlowKey<TKey>
    {
        var owner = _services.OwnerOf(forward.Endpoint);
        var isDirect = (forward.Flags & Shared.FlowDirect) != 0;
        var lastSeen = (int)(reverse.LastSeen - forward.LastSeen) > 0 && reverse.Packets > 0 ? reverse.LastSeen : forward.LastSeen;
        var record = FlowRecords.Of(key, forward, owner?.Key.Block ?? 0, default);
        return new Connection
        {
            Protocol = record.Protocol,
            State = record.State,
            Client = record.Client.ToIPAddress(),
            ClientPort = record.ClientPort,
            Vip = record.Vip.ToIPAddress(),
            VipPort = record.VipPort,
            Endpoint = record.Endpoint.ToIPAddress(),
            EndpointPort = record.EndpointPort,
            RewrittenClientPort = isDirect ? record.ClientPort : record.SourcePort,
            Mode = isDirect ? NatMode.Dsr : owner?.Desired?.Mode ?? NatMode.Default,
            Source = (isDirect ? record.Client : record.Source).ToIPAddress(),
            Idle = FlowClock.Since(lastSeen, now),
            PacketsToEndpoint = forward.Packets,
            BytesToEndpoint = forward.Bytes,
            PacketsToClient = reverse.Packets,
            BytesToClient = reverse.Bytes,
            Service = owner?.Key,
            ServiceName = owner?.Desired?.Name ?? "",
        };
    }
}
