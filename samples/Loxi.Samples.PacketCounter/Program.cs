using System.Net.NetworkInformation;
using System.Reflection;
using System.Runtime.InteropServices;
using Loxi.Ebpf.Native;
using Loxi.Ebpf.Native.Features;
using Loxi.Ebpf.Native.Links;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;
using Loxi.Samples.PacketCounter;

if (args.Length < 1 || (args.Length > 1 && args[1] is not ("tc" or "xdp")))
{
    Console.Error.WriteLine("usage: Loxi.Samples.PacketCounter <interface> [tc|xdp] [seconds]");
    return 2;
}

double seconds = double.PositiveInfinity;
if (args.Length > 2 && (!double.TryParse(args[2], out seconds) || seconds <= 0))
{
    Console.Error.WriteLine($"seconds is '{args[2]}', expected a number above 0");
    return 2;
}

int? index = FindInterface(args[0]);
if (index is null)
{
    Console.Error.WriteLine($"there is no interface '{args[0]}'");
    return 2;
}

using CancellationTokenSource stop = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
if (double.IsFinite(seconds))
{
    stop.CancelAfter(TimeSpan.FromSeconds(seconds));
}

try
{
    using BpfObject bpf = BpfObject.OpenEmbedded(Assembly.GetExecutingAssembly(), "packet_counter.bpf.o");
    bpf.Load();
    using IBpfLink link = Attach(bpf, index.Value, args.Length > 1 ? args[1] : "tc");
    using RingBufferReader sightings = new(bpf.Maps["sightings"]);
    Console.WriteLine($"counting packets received on {args[0]}, Ctrl-C to end");
    sightings.Run(static record =>
    {
        Sighting sighting = MemoryMarshal.Read<Sighting>(record);
        Console.WriteLine($"first packet of {Protocols.Name(sighting.Protocol)}, {sighting.Length} bytes");
    }, stop.Token);
    Print(new PerCpuMap<uint, Counter>(bpf.Maps["counters"]));
    return 0;
}
catch (EbpfException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

static int? FindInterface(string name)
    => NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(i => i.Name == name)?.GetIPProperties() switch
    {
        null => null,
        var properties => properties.GetIPv4Properties()?.Index ?? properties.GetIPv6Properties()?.Index,
    };

static IBpfLink Attach(BpfObject bpf, int interfaceIndex, string how)
{
    if (how == "xdp")
    {
        return XdpLink.Attach(bpf.Programs["count_xdp"], interfaceIndex);
    }

    return KernelFeatures.IsSupported(KernelFeature.TcxLink)
        ? TcxLink.Attach(bpf.Programs["count_tc"], interfaceIndex, TrafficDirection.Ingress)
        : ClsactFilter.Attach(bpf.Programs["count_tc"], interfaceIndex, TrafficDirection.Ingress);
}

static void Print(PerCpuMap<uint, Counter> counters)
{
    uint[] keys = new uint[64];
    Counter[] values = new Counter[keys.Length * counters.CpuCount];
    MapCursor cursor = default;
    MapBatchStatus status;
    Console.WriteLine($"{"protocol",-10} {"packets",12} {"bytes",16}");
    do
    {
        status = counters.LookupBatch(ref cursor, keys, values, out int count);
        for (int i = 0; i < count; i++)
        {
            ulong packets = 0;
            ulong bytes = 0;
            foreach (Counter counter in values.AsSpan(i * counters.CpuCount, counters.CpuCount))
            {
                packets += counter.Packets;
                bytes += counter.Bytes;
            }

            if (packets > 0)
            {
                Console.WriteLine($"{Protocols.Name(keys[i]),-10} {packets,12} {bytes,16}");
            }
        }
    }
    while (status == MapBatchStatus.More);
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
