using System.Globalization;
using Loxi.Benchmarks;
using Loxi.Benchmarks.Bfd;
using Loxi.Benchmarks.Bgp;
using Loxi.Benchmarks.Connections;
using Loxi.Benchmarks.EndToEnd;
using Loxi.Benchmarks.FlowTables;
using Loxi.Benchmarks.Ha;
using Loxi.Benchmarks.Node;
using Loxi.Benchmarks.Packets;
using Loxi.Benchmarks.Reports;
using Loxi.Ebpf.Native;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

const int GatesFailed = 1;
const int BadArguments = 2;
const int Broken = 3;

switch (args)
{
    case ["--help" or "-h"]:
        Console.WriteLine(BenchOptions.Usage);
        return 0;
    // Started by the end-to-end benchmark in its lab.
    case ["ping-server", var port]:
        return PingPong.Serve(int.Parse(port, CultureInfo.InvariantCulture));
    case ["ping-client", var address, var port, var count]:
        return PingPong.Measure(address, int.Parse(port, CultureInfo.InvariantCulture), int.Parse(count, CultureInfo.InvariantCulture));
    default:
        break;
}

BenchOptions options;
try
{
    options = BenchOptions.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(BenchOptions.Usage);
    return BadArguments;
}

try
{
    Report report = new(Machine.Read(TimeProvider.System), options.Rounds);
    if (options.Packets)
    {
        await new PacketBench(options, report, Console.Error).RunAsync();
    }

    if (options.FlowTables)
    {
        await new FlowTableBench(options, report, Console.Error).RunAsync();
    }

    if (options.Connections)
    {
        await new ConnectionBench(options, report, Console.Error).RunAsync();
    }

    if (options.EndToEnd)
    {
        IReadOnlyList<IPeer> peers = [.. options.Peers.Select(name => (IPeer)(name switch
        {
            "direct" => new DirectPeer(),
            "nftables" => new NftablesPeer(),
            "haproxy" => new HaproxyPeer(),
            _ => new LoxiPeer(options.Loxid ?? LabPrograms.Node),
        }))];
        await new EndToEndBench(options, report, peers, Console.Error).RunAsync();
    }

    if (options.Bfd)
    {
        await new BfdBench(options, report, Console.Error).RunAsync();
    }

    if (options.Bgp)
    {
        await new BgpBench(options, report, Console.Error).RunAsync();
    }

    if (options.Ha)
    {
        await new HaBench(options, report, Console.Error).RunAsync();
    }

    if (options.Node)
    {
        await new NodeBench(options, report, options.Loxid ?? LabPrograms.Node, Console.Error).RunAsync();
    }

    report.WriteMarkdown(Console.Out);
    if (options.Json is { } path)
    {
        report.WriteJson(path);
    }

    return report.HasFailures ? GatesFailed : 0;
}
catch (Exception e) when (e is LabException or EbpfException or IOException or InvalidOperationException or TimeoutException)
{
    Console.Error.WriteLine(e.Message);
    return Broken;
}
