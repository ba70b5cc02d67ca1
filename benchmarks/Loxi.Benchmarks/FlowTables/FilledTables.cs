using System.Net;
using Loxi.Benchmarks.Packets;
using Loxi.Core.Services;
using Loxi.Ebpf.Native.Maps;
using Loxi.Nat;
using Loxi.Nat.Connections;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;

namespace Loxi.Benchmarks.FlowTables;

/// <summary>The product's balancer on no interface, with connections that packets have made and that are open.</summary>
internal sealed class FilledTables : IAsyncDisposable
{
    /// <summary>Of the rows on memory: what a node has room for where memory allows.</summary>
    internal const uint MaxConnections = 1_048_576;
    private const string PinPath = "/sys/fs/bpf/loxi-bench-tables";
    private readonly TablePasses _passes;
    private readonly FlowTable<RawFlowKey4> _flows4;
    private readonly FlowTable<RawFlowKey6> _flows6;
    private readonly KernelSweep _kernel;

    private FilledTables(NatBalancer balancer, uint entries)
    {
        Balancer = balancer;
        Entries = entries;
        _passes = new(Maps.Flow4.Map, Maps.Flow6.Map);
        _flows4 = new(Maps.Flow4, new FlowPairs(balancer.DataPlane));
        _flows6 = new(Maps.Flow6, new FlowPairs(balancer.DataPlane));
        _kernel = new(balancer.DataPlane.Sweep, Maps, balancer.Tables, new());
    }

    internal NatBalancer Balancer { get; }

    internal NatMaps Maps => Balancer.DataPlane.Maps;

    /// <summary>Of each family, two for a connection.</summary>
    internal uint Entries { get; }

    internal uint Connections => Entries / 2;

    internal static async Task<FilledTables> CreateAsync(PacketGenerator generator, uint entries)
    {
        var balancer = NatBalancer.Open(new NatOptions { PinPath = PinPath, MaxConnections = Math.Max(MaxConnections, entries) });
        try
        {
            await balancer.ApplyAsync(ServiceModel.Create([Service(BalancedService.Ipv4), Service(BalancedService.Ipv6)]));
            FilledTables tables = new(balancer, entries);
            tables.Fill(generator, BalancedService.Ipv4);
            tables.Fill(generator, BalancedService.Ipv6);
            return tables;
        }
        catch
        {
            balancer.Purge();
            await balancer.DisposeAsync();
            throw;
        }
    }

    /// <summary>One pass of the product over one table. None of the connections is over.</summary>
    internal void Sweep(int family)
    {
        var sweep = NewSweep();
        var done = _kernel.TryPrepare() && (family == 4 ? _kernel.TrySweep(_flows4, ref sweep) : _kernel.TrySweep(_flows6, ref sweep));
        Require(done ? 1 : 0, 1, "passes in the kernel came to their end");
        Require(sweep);
    }

    /// <summary>The same by reading every entry, as where the table is very large.</summary>
    internal void SweepByReading(int family)
    {
        var sweep = NewSweep();
        if (family == 4)
        {
            _flows4.Sweep(ref sweep);
        }
        else
        {
            _flows6.Sweep(ref sweep);
        }

        Require(sweep);
    }

    /// <summary>What a pass costs that looks at the time in every entry and stays in the kernel.</summary>
    internal void Look(int family) => Require(_passes.Look(family, 0).Entries, Entries, "entries looked at");

    /// <summary>Reads every entry, and does nothing with it.</summary>
    internal void Dump(int family)
    {
        if (family == 4)
        {
            Dump(Maps.Flow4);
        }
        else
        {
            Dump(Maps.Flow6);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _passes.Dispose();
        Balancer.Purge();
        await Balancer.DisposeAsync();
    }

    private void Dump<TKey>(TypedMap<TKey, RawFlow> map)
        where TKey : unmanaged
    {
        using var scan = map.Scan();
        var count = 0L;
        while (scan.MoveNext())
        {
            count += scan.Keys.Length;
        }

        Require(count, Entries, "entries read");
    }

    private void Fill(PacketGenerator generator, BalancedService service)
    {
        // The service is loose: a plain ACK makes a flow, and then it is as if the endpoint had answered. Until then it would count as in the making.
        ref var control = ref Maps.Control.Span[0];
        var slots = control.EmbryoSlots;
        control.EmbryoSlots = 0;
        _ = generator.Run(Balancer.DataPlane.TcProgram, service.New(0, FlowSet.Ack), (int)Connections, Verdicts.Back(Hook.Tc));
        control.EmbryoSlots = slots;
        Require(_passes.Settle(service.Family), Entries, $"entries of IPv{service.Family} flows");
    }

    private static Service Service(BalancedService service) => new()
    {
        Key = new ServiceKey(service.Vip, ServiceProtocol.Tcp, Frames.ServicePort),
        Selection = SelectionPolicy.Hash,
        Endpoints = [.. Enumerable.Range(0, service.Endpoints).Select(i => new ServiceEndpoint(service.Endpoint(i), service.EndpointPort, 1))],
    };

    private SweepState NewSweep() => new()
    {
        Now = FlowClock.Now,
        Services = Balancer.Tables,
        Timeouts = new(),
        Retired = null,
        Active = new uint[Maps.Endpoints.Map.MaxEntries],
    };

    private void Require(in SweepState sweep)
    {
        Require(sweep.Count, Connections, "connections counted");
        Require(sweep.Active.Sum(active => active), Connections, "connections of all endpoints");
        Require(sweep.Expired, 0, "connections expired");
    }

    private static void Require(long actual, long expected, string what)
    {
        if (actual != expected)
        {
            throw new InvalidOperationException($"{actual} {what}, expected {expected}");
        }
    }
}
