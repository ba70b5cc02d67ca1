using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.EndToEnd;

/// <summary>The node as it is delivered, configured by its REST API.</summary>
internal sealed class LoxiPeer(string program) : IPeer
{
    private const int ApiPort = 11111;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private LabProcess? _process;
    private int _starts;

    public string Name => "loxi";

    public async Task StartAsync(LoadLab lab)
    {
        // A node that finds the services of the round before has nothing to be told.
        var state = Path.Combine(lab.Directory, string.Create(CultureInfo.InvariantCulture, $"loxid-{++_starts}"));
        _process = lab.Node.Start(
            "loxid",
            program,
            "--instance", lab.Node.Instance, "--hook", "tc", "--host", "127.0.0.1", "--port", "11111", "--state-dir", state, "--purge");
        using var http = Client(lab.Node);
        await lab.RetryAsync(_patience, async () => _ = await http.GetStringAsync(new Uri("/netlox/v1/config/loadbalancer/all", UriKind.Relative)));
        foreach (var service in LoadService.All)
        {
            using var answer = await http.PostAsJsonAsync(new Uri("/netlox/v1/config/loadbalancer", UriKind.Relative), Body(service));
            if (!answer.IsSuccessStatusCode)
            {
                throw new InvalidOperationException($"loxid refused service {service.Name}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            }
        }

        await lab.WaitUntilServedAsync(this);
    }

    public (string Address, int Port) Target(LoadService service) => (LoadService.Vip, service.VipPort);

    public async Task StopAsync(LoadLab lab)
    {
        if (_process is { } process)
        {
            _ = await process.StopAsync();
        }
    }

    private static JsonObject Body(LoadService service) => new()
    {
        ["serviceArguments"] = new JsonObject
        {
            ["externalIP"] = LoadService.Vip,
            ["port"] = service.VipPort,
            ["protocol"] = "tcp",
            ["sel"] = 0,
            ["mode"] = 0,
        },
        ["endpoints"] = new JsonArray([.. Enumerable.Range(0, service.Endpoints).Select(i => (JsonNode)new JsonObject
        {
            ["endpointIP"] = StandardLab.EndpointV4(i),
            ["targetPort"] = service.EndpointPort,
            ["weight"] = 1,
        })]),
    };

    private static HttpClient Client(LabHost node)
    {
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = node.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, ApiPort, cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new(handler) { BaseAddress = new($"http://127.0.0.1:{ApiPort}"), Timeout = TimeSpan.FromSeconds(10) };
    }
}
