using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>
/// The sweep by a program: it looks at every entry and tells which were silent for too long; those are judged and removed here as in any
/// sweep. Reading an entry costs several times what looking at it does. A pass cannot be cut into slices: the thread that starts
/// it has its CPU until the end (packets and interrupts come in between), where the kernel does not preempt itself.
/// </summary>
internal sealed class KernelSweep(SweepProgram program, NatMaps maps, ServiceTables services, ConnectionTimeouts timeouts)
{
    /// <summary>Of both families, at the last sweep. A tenth of a second for each million entries.</summary>
    public const long MostConnections = 1_048_576;

    private const int LooseStates = 16;
    private static readonly ServiceProtocol[] Protocols = [ServiceProtocol.Tcp, ServiceProtocol.Udp, ServiceProtocol.Sctp, ServiceProtocol.Icmp];

    private readonly Dictionary<TimeSpan, uint> _classes = new(Shared.SweepClasses);
    private uint _openLimit;

    /// <summary>Tells the program the timeouts of every endpoint's connections. False when there are more different ones than it can hold.</summary>
    public bool TryPrepare()
    {
        _classes.Clear();
        _openLimit = int.MaxValue;
        var endpoints = program.Endpoints;
        var loads = maps.EndpointLoad.Span;
        var (known, number) = (TimeSpan.MinValue, 0u);
        for (var i = 0; i < endpoints.Length; i++)
        {
            var service = services.OwnerOf((uint)i)?.Desired;
            var timeout = service?.InactiveTimeout ?? TimeSpan.Zero;
            // Neighbours mostly belong to one service, or to none.
            if (timeout != known && !TryFindClass(timeout, out number))
            {
                return false;
            }

            known = timeout;
            // Also after a service has got another selection: its connections are counted until they end.
            var counted = service?.Selection == SelectionPolicy.LeastConnections || Volatile.Read(ref loads[i].Active) != 0;
            endpoints[i].Class = counted ? number | (uint)Shared.SweepCounted : number;
        }

        return true;
    }

    /// <summary>One pass over a table. False when it came to no end: <paramref name="sweep"/> is then as if it had not been, but for what was removed.</summary>
    public bool TrySweep<TKey>(FlowTable<TKey> table, ref SweepState sweep)
        where TKey : unmanaged, IFlowKey<TKey>
    {
        while (true)
        {
            ClearCounts();
            var call = program.Run<TKey>(sweep.Now, _openLimit, out var found);
            if (found.Length < Shared.SweepFound)
            {
                foreach (ref readonly var key in found)
                {
                    table.Judge(key, ref sweep);
                }

                AddCounts(call, ref sweep);
                return true;
            }

            // More than it can tell. What stays all the same will be counted by the pass that comes to an end.
            var partial = new SweepState { Now = sweep.Now, Services = sweep.Services, Timeouts = sweep.Timeouts, Retired = null, Active = [] };
            foreach (ref readonly var key in found)
            {
                table.Judge(key, ref partial);
            }

            sweep.Expired += partial.Expired;
            if (partial.Expired == 0)
            {
                return false;
            }
        }
    }

    private void ClearCounts()
    {
        foreach (ref var endpoint in program.Endpoints)
        {
            endpoint.Active = 0;
            endpoint.Counted = 0;
        }
    }

    private static void AddTo(uint[] active, int endpoint, uint connections)
    {
        if (endpoint < active.Length)
        {
            active[endpoint] += connections;
        }
    }

    private void AddCounts(in RawSweepCall call, ref SweepState sweep)
    {
        sweep.Count += call.Connections;
        sweep.Loads?.CountEmbryos(call.Embryos);
        var endpoints = program.Endpoints;
        for (var i = 0; i < endpoints.Length; i++)
        {
            if (endpoints[i].Active != 0)
            {
                AddTo(sweep.Active, i, endpoints[i].Active);
                sweep.Loads?.Count(i, endpoints[i].Counted);
            }
        }
    }

    private bool TryFindClass(TimeSpan inactiveTimeout, out uint number)
    {
        if (_classes.TryGetValue(inactiveTimeout, out number))
        {
            return true;
        }

        number = (uint)_classes.Count;
        if (number >= Shared.SweepClasses)
        {
            return false;
        }

        _classes.Add(inactiveTimeout, number);
        Span<uint> ticks = program.Limits[(int)number].Ticks;
        for (var protocol = 0; protocol < Protocols.Length; protocol++)
        {
            for (var state = 0; state < LooseStates; state++)
            {
                var place = (protocol * 2 * LooseStates) + state;
                ticks[place] = (uint)SweepState.TimeoutOf(timeouts, Protocols[protocol], (byte)state, false, inactiveTimeout);
                ticks[place + LooseStates] = (uint)SweepState.TimeoutOf(timeouts, Protocols[protocol], (byte)state, true, inactiveTimeout);
            }

            foreach (var open in (ReadOnlySpan<ConnectionState>)[ConnectionState.Established, ConnectionState.TwoWay])
            {
                _openLimit = Math.Min(_openLimit, ticks[(protocol * 2 * LooseStates) + (int)open]);
            }
        }

        return true;
    }
}
