using System.Globalization;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Processes;

/// <summary>Starts the servers of <c>loxi-lab</c> as processes on hosts and waits until they listen.</summary>
public static class LabServers
{
    /// <summary>An HTTP server with the name of its host.</summary>
    public static Task<LabProcess> StartHttpAsync(LabHost host, params int[] ports) => StartAsync("http-server", host, ports);

    /// <summary>A UDP echo server with the name of its host.</summary>
    public static Task<LabProcess> StartUdpEchoAsync(LabHost host, params int[] ports) => StartAsync("udp-echo", host, ports);

    /// <summary>A TCP echo server with the name of its host.</summary>
    public static Task<LabProcess> StartTcpEchoAsync(LabHost host, params int[] ports) => StartAsync("tcp-echo", host, ports);

    /// <summary>An HTTP server on every endpoint of the lab.</summary>
    public static Task<LabProcess[]> StartHttpAsync(StandardLab lab, params int[] ports)
        => Task.WhenAll(lab.Endpoints.Select(endpoint => StartHttpAsync(endpoint, ports)));

    private static async Task<LabProcess> StartAsync(string command, LabHost host, int[] ports)
    {
        string[] arguments =
        [
            command, "--name", host.Name,
            .. ports.SelectMany(port => new[] { "--port", port.ToString(CultureInfo.InvariantCulture) }),
        ];
        var process = host.Start(command, LabPrograms.Lab, arguments);
        await process.WaitForLineAsync("^ready ");
        return process;
    }
}
