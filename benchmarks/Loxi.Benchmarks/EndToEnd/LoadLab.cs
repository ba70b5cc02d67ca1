using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.EndToEnd;

/// <summary>client - node - three endpoints with servers: nginx, ping-pong and iperf3 on each.</summary>
internal sealed class LoadLab : IAsyncDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);
    private readonly StandardLab _lab;

    private LoadLab(StandardLab lab) => _lab = lab;

    internal LabHost Client => _lab.Client;

    internal LabHost Node => _lab.Node;

    /// <summary>For configurations; removed with the lab.</summary>
    internal string Directory => _lab.Lab.StateDirectory;

    internal static async Task<LoadLab> CreateAsync()
    {
        // Links as veth pairs come: whole GSO frames with unfinished checksums, which is what TC programs see.
        LinkOptions link = new() { ChecksumOffload = true, Gro = false };
        LoadLab lab = new(await StandardLab.CreateAsync(new() { PointToPoint = true, StaticNeighbours = true, Link = link }));
        try
        {
            lab.Tune();
            await lab.StartServersAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every service answers at its target.</summary>
    internal async Task WaitUntilServedAsync(IPeer peer)
    {
        foreach (var service in LoadService.All)
        {
            var (address, port) = peer.Target(service);
            await WaitUntilOpenAsync(Client, address, port);
        }
    }

    internal async Task RetryAsync(TimeSpan patience, Func<Task> action)
    {
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await action();
                return;
            }
            catch (Exception e) when (e is SocketException or HttpRequestException && clock.GetElapsedTime(start) < patience)
            {
                await Task.Delay(_pause, clock);
            }
        }
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    private Task WaitUntilOpenAsync(LabHost from, string address, int port) => RetryAsync(TimeSpan.FromSeconds(20), async () =>
    {
        using var socket = from.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Parse(address), port);
    });

    private void Tune()
    {
        foreach (var host in (LabHost[])[Client, Node, .. _lab.Endpoints])
        {
            // 2: timestamps without an offset per peer; else what one balancer left in TIME_WAIT refuses the SYNs of the next.
            host.Sysctl("net.ipv4.tcp_timestamps", "2");
            host.Sysctl("net.ipv4.tcp_tw_reuse", "1");
            host.Sysctl("net.ipv4.ip_local_port_range", "1024 65535");
            host.Sysctl("net.core.somaxconn", "65535");
            host.Sysctl("net.ipv4.tcp_max_syn_backlog", "65535");
        }
    }

    private async Task StartServersAsync()
    {
        var own = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is not known");
        foreach (var host in _lab.Endpoints)
        {
            _ = host.Start("nginx", "nginx", "-c", WriteNginx(host));
            var ping = host.Start("ping-server", "taskset", "-c", "0", own, "ping-server", LoadService.Ping.EndpointPort.ToString(CultureInfo.InvariantCulture));
            _ = host.Start("iperf3", "iperf3", "-s", "-p", LoadService.Bulk.EndpointPort.ToString(CultureInfo.InvariantCulture));
            await ping.WaitForLineAsync("^ready");
            foreach (var service in LoadService.All)
            {
                await WaitUntilOpenAsync(host, "127.0.0.1", service.EndpointPort);
            }
        }
    }

    private string WriteNginx(LabHost host)
    {
        var prefix = Path.Combine(Directory, $"nginx-{host.Name}");
        var file = $"{prefix}.conf";
        File.WriteAllText(file, $$"""
            daemon off; worker_processes 1; worker_rlimit_nofile 65536; pid {{prefix}}.pid; error_log {{prefix}}.err;
            events { worker_connections 32768; multi_accept on; }
            http {
              access_log off; keepalive_requests 1000000000; keepalive_timeout 600; tcp_nodelay on;
              client_body_temp_path {{prefix}}.t; proxy_temp_path {{prefix}}.t; fastcgi_temp_path {{prefix}}.t; uwsgi_temp_path {{prefix}}.t; scgi_temp_path {{prefix}}.t;
              server { listen {{LoadService.Http.EndpointPort}} backlog=65535; location / { default_type text/plain; return 200 "{{host.Name}} 0123456789abcdef0123456789abcdef0123456789abcdef\n"; } }
            }
            """);
        return file;
    }
}
