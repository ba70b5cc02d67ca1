using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Scenarios;
using Loxi.TestKit.Traffic;

namespace Loxi.Benchmarks.Ha;

/// <summary>
/// Connections that stay in the table of the node that serves: UDP from many addresses and ports to a service without rewritten sources, each answered once, so
/// that it is over two hours later.
/// </summary>
internal sealed class EntryFill(ScenarioLab lab)
{
    private const int Port = 9;
    private const int PortsOfAClient = 60_000;
    private const int FirstPort = 2_000;
    private const int SourcePortAt = 14 + 20;
    private const double MostPerSecond = 40_000;

    /// <summary>Adds the service to both nodes, and the ways of its answers.</summary>
    internal async Task<IAsyncDisposable> PrepareAsync()
    {
        var server = UdpEchoServer.Start(lab.Lab["ep1"], new() { Name = "fill", Ports = [Port] });
        foreach (var node in lab.Nodes)
        {
            node.Host.Ip("route add 198.18.0.0/15 via 192.168.80.100");
            await node.PostAsync("config/loadbalancer", new
            {
                serviceArguments = new { externalIP = lab.Vip.ToString(), port = Port, protocol = "udp", mode = 0, inactiveTimeOut = 7200, name = "fill:llb-inst0" },
                endpoints = new[] { new { endpointIP = "192.168.80.11", targetPort = Port, weight = 1 } },
            });
        }

        return server;
    }

    /// <summary>Sends the first datagram of each connection to the node that serves.</summary>
    internal async Task RunAsync(ScenarioNode master, int count)
    {
        lab.Lab["ep1"].Ip($"route replace 198.18.0.0/15 via {master.Address}");
        using var wire = lab.Client.Capture("eth0", static _ => false);
        var watch = Stopwatch.StartNew();
        byte[] frame = [];
        for (var i = 0; i < count; i++)
        {
            if (i % PortsOfAClient == 0)
            {
                var source = string.Create(CultureInfo.InvariantCulture, $"198.18.1.{1 + (i / PortsOfAClient)}");
                frame = Packet.Ipv4(source, lab.Vip.ToString()).WithMacs(lab.Client.Mac("eth0"), master.Mac).Udp(FirstPort, Port, [1], zeroChecksum: true).ToFrame();
            }

            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(SourcePortAt), (ushort)(FirstPort + (i % PortsOfAClient)));
            while (!wire.TrySend(frame))
            {
                // Nobody tells when there is room again.
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }

            var ahead = TimeSpan.FromSeconds((i + 1) / MostPerSecond) - watch.Elapsed;
            if (ahead > TimeSpan.FromMilliseconds(5))
            {
                // The one who answers must keep up: what is not answered is over in two minutes.
                await Task.Delay(ahead, TimeProvider.System);
            }
        }
    }
}
