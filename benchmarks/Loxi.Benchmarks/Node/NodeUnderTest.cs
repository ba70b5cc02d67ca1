using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Loxi.Benchmarks.Interop;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Node;

/// <summary>A node with one interface in a namespace of its own, and what it costs.</summary>
internal sealed class NodeUnderTest : IAsyncDisposable
{
    private const int ApiPort = 11111;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly Uri _path = new("/netlox/v1/config/loadbalancer", UriKind.Relative);
    private readonly string _program;
    private readonly Lab _lab;
    private readonly LabHost _host;
    private readonly HttpClient _http;
    private LabProcess? _process;

    private NodeUnderTest(string program)
    {
        _program = program;
        _lab = Lab.Create();
        _host = _lab.AddHost("node");
        var peer = _lab.AddHost("peer");
        _ = _lab.Connect(_host, "eth0", peer, "eth0");
        _host.AddAddress("eth0", "198.51.100.1/24");
        _http = new(new SocketsHttpHandler { ConnectCallback = ConnectAsync }) { BaseAddress = new($"http://127.0.0.1:{ApiPort}") };
    }

    /// <summary>Where the node keeps its services; removed with the lab.</summary>
    internal string StateDirectory => $"/run/loxi/{_host.Instance}";

    private string PinDirectory => $"/sys/fs/bpf/loxi/{_host.Instance}";

    internal static async Task<NodeUnderTest> CreateAsync(string program)
    {
        await Task.Yield();
        return new(program);
    }

    /// <summary>Starts the node; returns the times from its start and from its first look at the services until every service is in the tables and it says so.</summary>
    internal async Task<(TimeSpan Start, TimeSpan Loading)> StartAsync()
    {
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();
        _process = _host.Start(
            "loxid", _program, "--instance", _host.Instance, "--hook", "tc", "--state-dir", StateDirectory, "--pin-dir", PinDirectory, "--purge", "on-exit");
        _ = await _process.WaitForLineAsync("Loading the services", _patience);
        var loading = clock.GetTimestamp();
        _ = await _process.WaitForLineAsync("Instance .* ready", _patience);
        return (clock.GetElapsedTime(started), clock.GetElapsedTime(loading));
    }

    internal PinnedTables OpenTables() => new(PinDirectory);

    /// <summary>Creates or replaces a service; returns the time until the answer.</summary>
    internal async Task<TimeSpan> PostAsync(byte[] body)
    {
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var clock = TimeProvider.System;
        var sent = clock.GetTimestamp();
        using var answer = await _http.PostAsync(_path, content);
        var taken = clock.GetElapsedTime(sent);
        return answer.IsSuccessStatusCode
            ? taken
            : throw new InvalidOperationException($"loxid refused a change: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Resident memory in MiB.</summary>
    internal double ResidentMiB()
    {
        var line = File.ReadLines($"/proc/{Pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>CPU time that the node has taken since it was started, in milliseconds.</summary>
    internal double CpuMilliseconds() => ProcessCpu.Nanoseconds(Pid) / 1e6;

    /// <summary>Share of one CPU that the node takes during a time, in percent.</summary>
    internal async Task<double> CpuPercentAsync(TimeSpan time)
    {
        var clock = TimeProvider.System;
        var (began, before) = (clock.GetTimestamp(), ProcessCpu.Nanoseconds(Pid));
        await Task.Delay(time, clock);
        return (ProcessCpu.Nanoseconds(Pid) - before) / clock.GetElapsedTime(began).TotalNanoseconds * 100;
    }

    /// <summary>Ends the node, which takes everything with it that it put on the machine.</summary>
    internal async Task StopAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            var code = await process.StopAsync(_patience);
            if (code != 0)
            {
                throw new InvalidOperationException($"loxid ended with {code}:\n{process.Tail()}");
            }
        }

        if (Directory.Exists(StateDirectory))
        {
            Directory.Delete(StateDirectory, recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _lab.DisposeAsync();
    }

    private int Pid => _process?.Pid ?? throw new InvalidOperationException("the node does not run");

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = _host.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        await socket.ConnectAsync(IPAddress.Loopback, ApiPort, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
