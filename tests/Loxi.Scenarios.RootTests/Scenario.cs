using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Loxi.Api.Client;
using Loxi.Api.Wire;
using Loxi.Ebpf.Native.Links;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests;

/// <summary>The standard lab with a real <c>loxid</c> on its node and a client of its REST API.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    public const int Port = 80;
    private readonly HttpClient _http;

    private Scenario(StandardLab lab)
    {
        Lab = lab;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = lab.Node.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
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

    public StandardLab Lab { get; }

    public LoxiClient Api { get; }

    public LabProcess Daemon { get; private set; } = null!;

    /// <summary>The counters as Prometheus reads them.</summary>
    public Task<string> ReadMetricsAsync() => _http.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);

    /// <summary>A request as it is written, for what the client of the API would not send.</summary>
    public async Task<(int Status, string? ContentType, string Body)> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = json is null ? null : new StringContent(json, new MediaTypeHeaderValue("application/json"));
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public string StateDirectory => $"/run/loxi/{Lab.Node.Instance}";

    public string PinDirectory => $"/sys/fs/bpf/loxi/{Lab.Node.Instance}";

    public static async Task<Scenario> StartAsync(StandardLabOptions? options = null, string hook = "tc", params string[] more)
    {
        var scenario = await CreateAsync(options);
        try
        {
            await scenario.StartDaemonAsync(hook, more);
            return scenario;
        }
        catch
        {
            await scenario.DisposeAsync();
            throw;
        }
    }

    /// <summary>The lab without a node's process yet.</summary>
    public static async Task<Scenario> CreateAsync(StandardLabOptions? options = null) => new(await StandardLab.CreateAsync(options));

    private static readonly string[] ConnectionsOfTests = ["--max-connections", "65536"];

    /// <summary>The program, with its arguments, by which the node's is started; none for itself.</summary>
    public IReadOnlyList<string> Under { get; set; } = [];

    /// <summary>Starts the node's process without waiting for it.</summary>
    public LabProcess Launch(string hook = "tc", params string[] more)
    {
        string[] words =
        [
            .. Under, LabPrograms.Node, "--instance", Lab.Node.Instance, "--state-dir", StateDirectory, "--pin-dir", PinDirectory,
            "--blacklist", "cni[0-9a-z]|veth.", "--hook", hook, .. more.Contains("--max-connections") ? [] : ConnectionsOfTests, .. more,
        ];
        return Lab.Node.Start("loxid", words[0], words[1..]);
    }

    public async Task StartDaemonAsync(string hook = "tc", params string[] more)
    {
        Daemon = Launch(hook, more);
        await Daemon.WaitForLineAsync("Instance .* ready", TimeSpan.FromSeconds(60));
    }

    /// <summary>Where programs are on an interface of the node, whoever attached them.</summary>
    public IReadOnlyList<AttachPoint> ProgramsOn(string device) => Detachment.ProgramsOn(Lab.Node, device);

    /// <summary>Removes what the node's process left behind, as an operator does; it must have ended.</summary>
    public async Task PurgeAsync()
    {
        var purge = Launch("tc", "--purge", "now");
        if (await purge.Completion != 0)
        {
            throw new LabException($"--purge now: {purge.Tail()}");
        }
    }

    /// <summary>Creates a service with every endpoint of the lab.</summary>
    public async Task<IPEndPoint> AddServiceAsync(
        string vip, string protocol = "tcp", int port = Port, Func<LoadbalanceArguments, LoadbalanceArguments>? change = null, int? endpoints = null)
    {
        var address = IPAddress.Parse(vip);
        var arguments = new LoadbalanceArguments { ExternalIP = vip, Port = port, Protocol = protocol };
        await Api.CreateOrReplaceServiceAsync(new LoadbalanceEntry
        {
            ServiceArguments = change?.Invoke(arguments) ?? arguments,
            Endpoints =
            [
                .. Enumerable.Range(0, endpoints ?? Lab.Endpoints.Count).Select(i => new LoadbalanceEndpoint
                {
                    EndpointIP = address.AddressFamily == AddressFamily.InterNetwork ? StandardLab.EndpointV4(i) : StandardLab.EndpointV6(i),
                    TargetPort = port,
                    Weight = 1,
                }),
            ],
        });
        return new IPEndPoint(address, port);
    }

    /// <summary>Creates a service with these endpoints, all on one port and of one weight.</summary>
    public Task<bool> AddAsync(LoadbalanceArguments arguments, int targetPort, params IEnumerable<string> endpoints) => Api.CreateOrReplaceServiceAsync(new LoadbalanceEntry
    {
        ServiceArguments = arguments,
        Endpoints = [.. endpoints.Select(address => new LoadbalanceEndpoint { EndpointIP = address, TargetPort = targetPort, Weight = 1 })],
    });

    /// <summary>How many packets met a fate, by the name of its counter.</summary>
    public async Task<ulong> ReadReasonAsync(string name)
        => (await Api.GetCountersAsync(TestContext.Current.CancellationToken)).Reasons.Single(reason => reason.Name == name).Packets;

    /// <summary>Polls what GET shows of the endpoints of the only service until they are as wanted, in the order of their addresses: the REST API has no event to wait for.</summary>
    public Task WaitForStatesAsync(TimeSpan limit, params string[] wanted) => WaitUntilAsync(
        async () =>
        {
            var services = await Api.ListServicesAsync(TestContext.Current.CancellationToken);
            var states = services.Single().Endpoints!.OrderBy(e => e!.EndpointIP, StringComparer.Ordinal).Select(e => e!.State).ToList();
            return (states.SequenceEqual(wanted), $"GET shows {string.Join(", ", states)}, wanted {string.Join(", ", wanted)}");
        },
        limit);

    /// <summary>Looks again and again until it is as wanted.</summary>
    /// <exception cref="TimeoutException">It was not in time; the message is what was seen last.</exception>
    public static async Task WaitUntilAsync(Func<Task<(bool Done, string Seen)>> look, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (await look() is { Done: false, Seen: var seen })
        {
            if (Stopwatch.GetElapsedTime(started) > (limit ?? TimeSpan.FromSeconds(10)))
            {
                throw new TimeoutException(seen);
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Lab.DisposeAsync();
    }
}
