using System.Diagnostics;
using System.Net;
using System.Reflection;
using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Ebpf.Native.Programs;
using Loxi.Nat.Tables;

namespace Loxi.Benchmarks.Ha;

/// <summary>bpf/sync.bpf.c: connections like one that is there, in the tables of a running node, and told as its programs tell them. As fast as they are read.</summary>
internal sealed class EntryMaker : IDisposable
{
    private const int PortsOfAClient = 32_768;
    private const int FirstPort = 1024;
    private const uint FirstClient = 0xc612_8000; // 198.18.128.0
    private const int AtOnce = 2_000;
    private static readonly TimeSpan _standstill = TimeSpan.FromSeconds(10);

    private readonly BpfObject _object;
    private readonly BpfProgram _program;
    private readonly RawFlowKey4 _key;
    private Call _call;

    /// <param name="pins">Where the node has its tables.</param>
    /// <param name="table">Its connections.</param>
    /// <param name="key">The connection that the others are like.</param>
    internal EntryMaker(PinDirectory pins, TypedMap<RawFlowKey4, RawFlow> table, in RawFlowKey4 key)
    {
        _key = key;
        if (!table.TryLookup(key, out var forward) || !table.TryLookup(RawFlowKey4.Sibling(forward, key.Proto), out var reverse))
        {
            throw new InvalidOperationException($"the node has no connection {key.Source}:{key.SourcePort} to {key.Destination}:{key.DestinationPort}");
        }

        _call = new() { Client = FirstClient, Key = key, Forward = forward, Reverse = reverse };
        _object = BpfObject.OpenEmbedded(Assembly.GetExecutingAssembly(), "sync.bpf.o");
        foreach (var name in new[] { "flow4", "events" })
        {
            if (!pins.TryOpenMap(name, null, out var pinned))
            {
                throw new InvalidOperationException($"the node has no pinned map '{name}' in {pins.Path}");
            }

            using (pinned)
            {
                _object.SetMapMaxEntries(name, pinned.MaxEntries);
                _object.ReuseMap(name, pinned);
            }
        }

        _object.Load();
        _program = _object.Programs["make_connections"];
    }

    /// <summary>The key of a connection by its number.</summary>
    internal RawFlowKey4 Key(int number) => _key with
    {
        Saddr = (uint)IPAddress.HostToNetworkOrder((int)(FirstClient + (uint)(number / PortsOfAClient))),
        Sport = (ushort)IPAddress.HostToNetworkOrder((short)(FirstPort + (number % PortsOfAClient))),
    };

    /// <summary>Makes some; returns when all are in the table and told.</summary>
    internal void Make(int first, int count)
    {
        var progress = Stopwatch.GetTimestamp();
        for (var made = 0; made < count;)
        {
            (_call.First, _call.Count) = ((uint)(first + made), (uint)Math.Min(AtOnce, count - made));
            var now = (int)_program.RunSyscall(ref _call).ReturnValue;
            if (_call.Failed > 0)
            {
                throw new InvalidOperationException($"connection {first + made + now} did not go into the table of the node: is it full?");
            }

            made += now;
            if (now > 0)
            {
                progress = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(progress) > _standstill)
            {
                throw new InvalidOperationException($"the node has read no event for {_standstill.TotalSeconds} s");
            }
            else
            {
                // Nobody tells when there is room again.
                Thread.Sleep(1);
            }
        }
    }

    public void Dispose() => _object.Dispose();

    [StructLayout(LayoutKind.Sequential)]
    private struct Call
    {
        public uint First;
        public uint Count;
        public uint Failed;
        public uint Client;
        public RawFlowKey4 Key;
        public RawFlow Forward;
        public RawFlow Reverse;
    }
}
