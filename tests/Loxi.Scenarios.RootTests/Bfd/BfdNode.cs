using System.Net;
using System.Net.Sockets;
using Loxi.Api.Client;
using Loxi.Api.Wire;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests.Bfd;

/// <summary>A real <c>loxid</c> on a host of a lab, its REST API and its command line.</summary>
internal sealed class BfdNode : IDisposable
{
    private readonly HttpClient _http;

    public BfdNode(LabHost host)
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

    public async Task<BfdEntry> ReadAsync(string peer) => (await Api.ListBfdSessionsAsync(Cancellation)).Single(s => s.RemoteIP == peer);

    /// <summary>Looks until the session is as wanted: the REST API has no event to wait for.</summary>
    public async Task<BfdEntry> WaitAsync(string peer, Func<BfdEntry, bool> isAsWanted)
    {
        BfdEntry? seen = null;
        await Scenario.WaitUntilAsync(async () =>
        {
            seen = (await Api.ListBfdSessionsAsync(Cancellation)).SingleOrDefault(s => s.RemoteIP == peer);
            return (seen is not null && isAsWanted(seen), $"{Host.Name}: {seen}\n{Daemon.Tail()}");
        });
        return seen!;
    }

    public Task<BfdEntry> WaitUpAsync(string peer) => WaitAsync(peer, static s => s.State == "BFDUp");

    /// <summary>The names of the threads of the process.</summary>
    public IEnumerable<string> Threads() => Directory.GetDirectories($"/proc/{Daemon.Pid}/task").Select(static task => File.ReadAllText(Path.Combine(task, "comm")).Trim());

    public void Dispose() => _http.Dispose();
}
