using System.CommandLine;
using Loxi.Api.V1;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>get counters</c>: what became of the packets and why.</summary>
internal static class GetCounters
{
    public static Command Create(CommandRunner runner)
    {
        var command = new Command("counters", "Show how many packets were dropped, passed or forwarded, and why. Reasons without packets, and services, are in -o wide.");
        new OutputOptions().Attach(command, runner, ShowAsync);
        return command;
    }

    private static async Task ShowAsync(NodeSession session, ParseResult parse, View view, CancellationToken cancellationToken)
    {
        var counters = await session.Client.GetCountersAsync(cancellationToken);
        if (view.TryWriteDocument())
        {
            return;
        }

        var reasons = view.Screen.Table("VERDICT", "REASON", "PACKETS#");
        foreach (var reason in counters.Reasons.Where(reason => view.IsWide || reason.Packets != 0))
        {
            Screen.AddRow(reasons, [reason.Verdict, reason.Name, reason.Packets]);
        }

        view.Screen.Write(reasons);
        if (view.IsWide)
        {
            view.Screen.WriteLine("");
            ShowServices(counters.Services, view.Screen);
        }
    }

    private static void ShowServices(IEnumerable<ServiceCounters> services, Screen screen)
    {
        var table = screen.Table("SERVICE", "NAME", "ENDPOINT", "STATE", "PACKETS#", "BYTES#", "CONNECTIONS#", "ACTIVE#", "REFUSED#");
        foreach (var service in services)
        {
            var name = ServiceNames.Of(service.ExternalIP, service.Protocol, service.Port, service.Port);
            Screen.AddRow(table, [name, service.Name, null, null, service.Packets, service.Bytes, service.NewConnections, service.ActiveConnections, service.Refused]);
            foreach (var endpoint in service.Endpoints)
            {
                Screen.AddRow(
                    table,
                    [name, service.Name, ServiceNames.At(endpoint.EndpointIP, endpoint.TargetPort), endpoint.State,
                     endpoint.Packets, endpoint.Bytes, endpoint.NewConnections, endpoint.ActiveConnections, endpoint.Refused]);
            }
        }

        screen.Write(table);
    }
}
