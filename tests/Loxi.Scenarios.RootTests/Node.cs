using System.Net;
using System.Net.Sockets;
using Loxi.Api.Client;
using Loxi.Api.Wire;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests;

/// <summary>A real <c>loxid</c> on a host of a lab, its REST API and its command line.</summary>
internal sealed class Node : IDisposable
{
    private readonly HttpClient _http;

    public Node(LabHost host)
    {
        Host = host;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = host.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
            PooledConnectionLifetime = TimeSpan.Zero,
        })
        {
            BaseAddress = new Uri("http://127.0.0.1:11111"),
        };
        Api = new LoxiClient(_http);
    }

    public LabHost Host { get; }

    public LoxiClient Api { get; }

    public LabProcess Daemon { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts the process without waiting for it.</summary>
    public LabProcess Launch(params string[] flags) => Daemon = Host.Start(
        "loxid",
        LabPrograms.Node,
        ["--instance", Host.Instance, "--state-dir", $"/run/loxi/{Host.Instance}", "--pin-dir", $"/sys/fs/bpf/loxi/{Host.Instance}", "--hook", "tc", "--max-connections", "65536", .. flags]);

    public async Task StartAsync(params string[] flags) => await Launch(flags).WaitForLineAsync("Instance .* ready", TimeSpan.FromSeconds(60));

    public string Cli(string line) => Host.Exec(LabPrograms.Cli, line.Split(' '));

    public Task<string> ReadMetricsAsync() => _http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancellation);

    /// <summary>The names of the threads of the process.</summary>
    public IEnumerable<string> Threads() => Directory.GetDirectories($"/proc/{Daemon.Pid}/task").Select(static task => File.ReadAllText(Path.Combine(task, "comm")).Trim());

    public void Dispose() => _http.Dispose();
}
