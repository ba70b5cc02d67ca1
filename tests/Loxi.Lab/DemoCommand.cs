using System.Globalization;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

namespace Loxi.Lab;

/// <summary>The demo of <c>run.sh</c>: the real node serves real traffic while an endpoint dies and comes back.</summary>
internal sealed class DemoCommand
{
    private const int Victim = 1;
    private static readonly TimeSpan s_phase = TimeSpan.FromSeconds(8);
    private readonly StandardLab _lab;
    private readonly string[] _servers;

    private DemoCommand(StandardLab lab)
    {
        _lab = lab;
        _servers = [.. lab.Endpoints.Select(endpoint => endpoint.Name)];
    }

    internal static async Task<int> RunAsync(string[] args)
    {
        var arguments = new CommandArguments(args, "--keep");
        _ = LabPrograms.Node;
        _ = LabPrograms.Cli;
        await using var lab = await StandardLab.CreateAsync(new() { Keep = arguments.Has("--keep") });
        return await new DemoCommand(lab).RunAsync();
    }

    private async Task<int> RunAsync()
    {
        Say($"lab {_lab.Lab.Id}: client, node, {string.Join(", ", _servers)}, each in a network namespace");
        var servers = await LabServers.StartHttpAsync(_lab, 8080);
        _ = await Task.WhenAll(_lab.Endpoints.Select(endpoint => LabServers.StartUdpEchoAsync(endpoint, 5353)));
        await StartNodeAsync();
        Say("services");
        CreateService(StandardLab.OwnVipV4, "web", "--tcp=80:8080");
        // The same endpoints and port as "web": a client that uses one source port towards both VIPs must not notice.
        CreateService(StandardLab.RoutedVipV4, "web-routed", "--tcp=80:8080");
        CreateService(StandardLab.RoutedVipV6, "web-v6", "--tcp=80:8080");
        CreateService(StandardLab.RoutedVipV4, "dns", "--udp=53:5353");
        Say("traffic from the client");
        DemoLoad[] loads =
        [
            DemoLoad.Http(_lab, "HTTP keep-alive", StandardLab.OwnVipV4, keepAlive: true),
            DemoLoad.Http(_lab, "HTTP new connections", StandardLab.OwnVipV4, keepAlive: false),
            DemoLoad.Http(_lab, "HTTP routed VIP", StandardLab.RoutedVipV4, keepAlive: false),
            DemoLoad.Http(_lab, "HTTP IPv6", StandardLab.RoutedVipV6, keepAlive: false),
            DemoLoad.Udp(_lab, "UDP routed VIP", StandardLab.RoutedVipV4),
        ];
        try
        {
            return await MeasureAsync(loads, servers);
        }
        finally
        {
            foreach (var load in loads)
            {
                await load.DisposeAsync();
            }
        }
    }

    private async Task<int> MeasureAsync(DemoLoad[] loads, LabProcess[] servers)
    {
        var victim = _servers[Victim];
        Mark(loads);
        await Task.Delay(s_phase);
        Loxictl("get", "lb", "-o", "wide");
        Loxictl("get", "conntrack", "--limit", "6");
        var death = DateTimeOffset.UtcNow;
        Say($"{victim}: its HTTP server is killed");
        _ = await servers[Victim].KillAsync();
        // Answers that it sent before its end are still on their way to the clients.
        await Task.Delay(TimeSpan.FromSeconds(1));
        Mark(loads);
        await Task.Delay(DemoSummary.Detection + s_phase);
        Loxictl("get", "endpoint");
        Mark(loads);
        Say($"{victim}: its HTTP server starts again");
        _ = await LabServers.StartHttpAsync(_lab.Endpoints[Victim], 8080);
        await Task.Delay(DemoSummary.Detection);
        Mark(loads);
        await Task.Delay(s_phase);
        Mark(loads);
        Loxictl("get", "endpoint");
        await Task.WhenAll(loads.Select(load => load.StopAsync()));
        Loxictl("get", "lb", "-o", "wide");
        Loxictl("get", "counters");
        Say("summary");
        DemoSummary.Print(loads, _servers, death);
        var problems = DemoSummary.Problems(loads, _servers, victim, death);
        foreach (var problem in problems)
        {
            await Console.Error.WriteLineAsync($"FAILED: {problem}");
        }

        if (problems.Count == 0)
        {
            Say(string.Create(CultureInfo.InvariantCulture, $"PASSED: requests failed only within {DemoSummary.Detection.TotalSeconds} s of the death of {victim}, which got none while it was dead and its part afterwards"));
        }

        return problems.Count == 0 ? 0 : 1;
    }

    private async Task StartNodeAsync()
    {
        var instance = _lab.Node.Instance;
        var node = _lab.Node.Start(
            "loxid", LabPrograms.Node,
            "--instance", instance, "--state-dir", $"/run/loxi/{instance}", "--pin-dir", $"/sys/fs/bpf/loxi/{instance}",
            "--hook", "tc", "--blacklist", "cni[0-9a-z]|veth.", "--max-connections", "65536");
        Say(await node.WaitForLineAsync(" ready on ", TimeSpan.FromSeconds(60)));
    }

    private void CreateService(string vip, string name, string ports)
    {
        var v6 = vip.Contains(':', StringComparison.Ordinal);
        var endpoints = string.Join(',', Enumerable.Range(0, _servers.Length).Select(i => $"{(v6 ? StandardLab.EndpointV6(i) : StandardLab.EndpointV4(i))}:1"));
        string[] command = ["create", "lb", vip, ports, $"--endpoints={endpoints}", $"--name={name}"];
        Loxictl(ports.StartsWith("--tcp", StringComparison.Ordinal) ? [.. command, "--monitor"] : command);
    }

    private void Loxictl(params string[] arguments)
    {
        Console.Out.WriteLine($"$ loxictl {string.Join(' ', arguments)}");
        var (exitCode, output, error) = _lab.Node.TryExec(LabPrograms.Cli, arguments);
        Console.Out.WriteLine(output.TrimEnd());
        if (exitCode != 0)
        {
            throw new LabException($"loxictl {string.Join(' ', arguments)} ended with {exitCode}: {error}");
        }
    }

    private static void Mark(DemoLoad[] loads)
    {
        foreach (var load in loads)
        {
            load.Mark();
        }
    }

    private static void Say(string text) => Console.Out.WriteLine($"== {text}");
}
