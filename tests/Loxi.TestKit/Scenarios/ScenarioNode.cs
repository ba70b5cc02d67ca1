using System.Net;
using System.Net.Mime;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Scenarios;

/// <summary>One of the two nodes: its process, and its REST API from within.</summary>
public sealed partial class ScenarioNode : IDisposable
{
    private readonly HttpClient _http;

    // For what a busy node takes its time with.
    private readonly HttpClient _patient;

    internal ScenarioNode(LabHost host, int index, string address)
    {
        (Host, Index, Address) = (host, index, address);
        _http = new HttpClient(Handler(host)) { BaseAddress = new Uri("http://127.0.0.1:11111"), Timeout = TimeSpan.FromSeconds(2) };
        _patient = new HttpClient(Handler(host)) { BaseAddress = _http.BaseAddress, Timeout = TimeSpan.FromSeconds(30) };
    }

    public LabHost Host { get; }

    /// <summary>0 or 1.</summary>
    public int Index { get; }

    public string Name => Host.Name;

    public string Address { get; }

    /// <summary>The program of the next start: that of this build, unless it is set.</summary>
    public string Program
    {
        get => field ?? LabPrograms.Node;
        set;
    }

    /// <summary>MAC address of its interface on the segment.</summary>
    public string Mac => Host.Mac("eth0");

    /// <summary>The process that was started last.</summary>
    public LabProcess Daemon { get; private set; } = null!;

    /// <summary>Starts the process; ends when it is ready.</summary>
    /// <param name="flags">Flags beside those that every node of a lab has; one that is given again counts.</param>
    /// <param name="environment">Variables of the process.</param>
    public async Task StartAsync(IEnumerable<string> flags, IReadOnlyDictionary<string, string>? environment = null)
    {
        List<string> given = [.. flags];
        Daemon = Host.Start(new LabProcessOptions
        {
            Name = "loxid",
            File = Program,
            Arguments =
            [
                "--instance", Host.Instance, "--state-dir", $"/run/loxi/{Host.Instance}", "--pin-dir", $"/sys/fs/bpf/loxi/{Host.Instance}", "--hook", "tc",
                .. given.Exists(static flag => flag.StartsWith("--max-connections", StringComparison.Ordinal)) ? [] : (string[])["--max-connections", "65536"],
                "--host", "0.0.0.0", "--api-allow", ScenarioLab.Subnet, .. given,
            ],
            Environment = environment ?? new Dictionary<string, string>(),
        });
        await Daemon.WaitForLineAsync("Instance .* ready", TimeSpan.FromSeconds(60));
    }

    /// <summary>Removes what an ended process left in the kernel.</summary>
    /// <exception cref="LabException">The program says that it could not.</exception>
    public async Task PurgeAsync()
    {
        var purge = Host.Start("purge", Program, "--instance", Host.Instance, "--state-dir", $"/run/loxi/{Host.Instance}", "--pin-dir", $"/sys/fs/bpf/loxi/{Host.Instance}", "--purge=now");
        if (await purge.Completion != 0)
        {
            throw new LabException($"{Name}: --purge=now: {purge.Tail()}");
        }
    }

    /// <summary>Stops the process where it is (SIGSTOP).</summary>
    public void Pause() => Daemon.Pause();

    public void Continue() => Daemon.Continue();

    /// <summary>The role that the node shows for the first VIP group; null when it does not answer, or not in a way that can be read.</summary>
    public async Task<string?> ReadRoleAsync(CancellationToken cancellation)
    {
        try
        {
            using var answer = JsonDocument.Parse(await _http.GetStringAsync(new Uri("/netlox/v1/config/cistate/all", UriKind.Relative), cancellation));
            return answer.RootElement.TryGetProperty("Attr", out var groups) && groups.ValueKind == JsonValueKind.Array && groups.GetArrayLength() > 0
                ? groups[0].GetProperty("state").GetString()
                : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>The counters as Prometheus reads them.</summary>
    public Task<string> ReadMetricsAsync() => _patient.GetStringAsync(new Uri("/metrics", UriKind.Relative));

    /// <summary>The connections as the node shows them.</summary>
    public Task<string> ReadConnectionsAsync() => _patient.GetStringAsync(new Uri("/netlox/v1/config/conntrack/all", UriKind.Relative));

    /// <summary>
    /// The established connections of the node's kernel map, each with what is translated: protocol, client, VIP, endpoint, and the source that the endpoint sees.
    /// Without those whose source is the node's own address: they do not go on elsewhere.
    /// </summary>
    public async Task<HashSet<string>> ReadEstablishedAsync()
    {
        await using var stream = await _patient.GetStreamAsync(new Uri("/loxi/v1/connections?limit=1000000", UriKind.Relative));
        using var answer = await JsonDocument.ParseAsync(stream);
        return [.. answer.RootElement.GetProperty("connections").EnumerateArray()
            .Where(c => c.GetProperty("state").GetString() is "est" or "udp-est" && c.GetProperty("sourceIP").GetString() != Address)
            .Select(static c => $"{c.GetProperty("protocol")} {c.GetProperty("clientIP")}:{c.GetProperty("clientPort")} {c.GetProperty("externalIP")}:{c.GetProperty("externalPort")} "
                + $"{c.GetProperty("endpointIP")}:{c.GetProperty("endpointPort")} {c.GetProperty("sourceIP")}:{c.GetProperty("rewrittenClientPort")}")];
    }

    /// <summary>The pin of the node's key: what the operator asks for before the first start.</summary>
    /// <exception cref="LabException">The program says none.</exception>
    public async Task<string> ReadPinAsync()
    {
        var shown = Host.Start("pin", Program, "--instance", Host.Instance, "--state-dir", $"/run/loxi/{Host.Instance}", "--ha-sync-pin");
        return await shown.Completion == 0 && PinPattern().Match(shown.Tail()) is { Success: true } pin ? pin.Value : throw new LabException($"{Name}: --ha-sync-pin: {shown.Tail()}");
    }

    /// <summary>When the first VIP group got its role, by the wall clock of the process.</summary>
    public async Task<DateTimeOffset> ReadSinceAsync()
    {
        using var answer = JsonDocument.Parse(await _patient.GetStringAsync(new Uri("/loxi/v1/ha", UriKind.Relative)));
        return answer.RootElement.GetProperty("groups")[0].GetProperty("since").GetDateTimeOffset();
    }

    /// <summary>Puts a source pool, in the first VIP group: its addresses move with the VIPs.</summary>
    /// <exception cref="LabException">The node refuses it.</exception>
    public async Task PutPoolAsync(string name, params string[] addresses)
    {
        using var content = new StringContent(JsonSerializer.Serialize(new { addresses }), Encoding.UTF8, MediaTypeNames.Application.Json);
        using var answer = await _patient.PutAsync(new Uri($"/loxi/v1/pools/{name}", UriKind.Relative), content);
        if (!answer.IsSuccessStatusCode)
        {
            throw new LabException($"{Name} refuses pool {name}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>Posts to the node's API, by a path below <c>/netlox/v1/</c>; what is there already is fine.</summary>
    /// <exception cref="LabException">The node refuses it.</exception>
    public async Task PostAsync(string path, object body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, MediaTypeNames.Application.Json);
        using var answer = await _patient.PostAsync(new Uri($"/netlox/v1/{path}", UriKind.Relative), content);
        if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.Conflict)
        {
            throw new LabException($"{Name} refuses {path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>Asks the node's API for something.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path.</param>
    /// <param name="json">The body; null for none.</param>
    /// <returns>The status and the text of the answer.</returns>
    public async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        using var content = json is null ? null : new StringContent(json, Encoding.UTF8, MediaTypeNames.Application.Json);
        request.Content = content;
        using var answer = await _patient.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public void Dispose()
    {
        _http.Dispose();
        _patient.Dispose();
    }

    /// <summary>HTTP from a host of the lab, each request on a connection of its own.</summary>
    internal static SocketsHttpHandler Handler(LabHost host) => new()
    {
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = host.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
        PooledConnectionLifetime = TimeSpan.Zero,
        UseProxy = false,
    };

    [GeneratedRegex("[0-9a-f]{64}", RegexOptions.CultureInvariant)]
    private static partial Regex PinPattern();
}
