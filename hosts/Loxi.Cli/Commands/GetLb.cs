using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Cli.Arguments;
using Loxi.Cli.Output;
using Loxi.Cli.Session;
using Loxi.Core.Services;

namespace Loxi.Cli.Commands;

/// <summary><c>get lb</c>.</summary>
internal sealed class GetLb
{
    private const string Active = "active";
    private readonly Argument<IPAddress?> _vip = OptionFactory.Vip(ArgumentArity.ZeroOrOne);
    private readonly Option<string?> _name = OptionFactory.Text("--name", "name", "Only services of this name.", "--servName");

    public static Command Create(CommandRunner runner)
    {
        var self = new GetLb();
        var command = new Command("lb", "Show services and their endpoints.") { self._vip, self._name };
        command.Aliases.Add("loadbalancer");
        new OutputOptions().Attach(command, runner, self.ShowAsync);
        return command;
    }

    private async Task ShowAsync(NodeSession session, ParseResult parse, View view, CancellationToken cancellationToken)
    {
        var vip = parse.GetValue(_vip);
        var name = parse.GetValue(_name);
        var all = await session.Client.ListServicesAsync(cancellationToken);
        bool Matches(LoadbalanceEntry? entry) =>
            (vip is null || (AddressText.TryParse(entry?.ServiceArguments?.ExternalIP, out var address) && address.Equals(vip)))
            && (name is null || entry?.ServiceArguments?.Name == name);

        var services = all.Where(Matches).ToList();
        if (services.Count == 0 && (vip is not null || name is not null))
        {
            var wanted = string.Join(" and ", new[] { vip is null ? null : $"external-ip '{vip}'", name is null ? null : $"name '{name}'" }.OfType<string>());
            throw new CliException(
                ExitCode.NotFound,
                $"no service with {wanted}{(name is null ? "" : Nearest.Question(name, all.Select(static s => s.ServiceArguments?.Name).OfType<string>()))}");
        }

        if (view.TryWriteDocument(element => Matches(element.Deserialize(LoxiJson.LoadbalanceEntry))))
        {
            return;
        }

        if (view.IsWide)
        {
            ShowWide(services, view.Screen);
        }
        else
        {
            Show(services, view.Screen);
        }
    }

    private static void Show(IEnumerable<LoadbalanceEntry> services, Screen screen)
    {
        var table = screen.Table("EXTERNAL IP", "PORT", "PROTO", "NAME", "MODE", "SELECT", "ACTIVE", "MONITOR");
        foreach (var service in services)
        {
            var arguments = service.ServiceArguments ?? new LoadbalanceArguments();
            var endpoints = service.Endpoints ?? [];
            var active = endpoints.Count(static endpoint => endpoint?.State == Active);
            Screen.AddRow(
                table,
                [arguments.ExternalIP, PortsOf(arguments), arguments.Protocol, arguments.Name, NumberNames.Mode.NameOf(arguments.Mode), NumberNames.Selection.NameOf(arguments.Selection),
                 string.Create(CultureInfo.InvariantCulture, $"{active}/{endpoints.Count}"), arguments.Monitor ?? false]);
        }

        screen.Write(table);
    }

    private static void ShowWide(IEnumerable<LoadbalanceEntry> services, Screen screen)
    {
        var table = screen.Table(
            "EXTERNAL IP", "PORT", "PROTO", "NAME", "MODE", "SELECT", "MONITOR", "TIMEOUT#", "MARK#", "HOST", "SOURCES", "GROUP", "POOL", "PRIVATE IP", "TUNNEL", "CLAMP MSS", "SLOW START#", "PERSIST#", "EGRESS", "ENDPOINT", "TARGET#", "WEIGHT#", "STATE", "PACKETS#", "BYTES#");
        foreach (var service in services)
        {
            var arguments = service.ServiceArguments ?? new LoadbalanceArguments();
            foreach (var endpoint in service.Endpoints is { Count: > 0 } endpoints ? endpoints : [null])
            {
                var counter = (endpoint?.Counter ?? "").Split(':');
                Screen.AddRow(
                    table,
                    [arguments.ExternalIP, PortsOf(arguments), arguments.Protocol, arguments.Name, NumberNames.Mode.NameOf(arguments.Mode), NumberNames.Selection.NameOf(arguments.Selection),
                     arguments.Monitor ?? false, arguments.InactiveTimeout, arguments.Block ?? 0, arguments.Host,
                     string.Join(',', (service.AllowedSources ?? []).Select(static source => source?.Prefix)),
                     string.IsNullOrEmpty(arguments.VipGroup) ? VipGroups.OfService(arguments.Name) : arguments.VipGroup,
                     arguments.SourcePool, arguments.PrivateIP, arguments.Tunnel, arguments.ClampMss ?? false, arguments.SlowStart ?? 0, arguments.PersistTimeout ?? 0, arguments.Egress ?? false,
                     endpoint?.EndpointIP, endpoint?.TargetPort ?? 0, endpoint?.Weight ?? 0, endpoint?.State, counter[0], counter.ElementAtOrDefault(1)]);
            }
        }

        screen.Write(table);
    }

    private static string PortsOf(LoadbalanceArguments arguments) =>
        string.Create(CultureInfo.InvariantCulture, $"{arguments.Port ?? 0}{(arguments.PortMax > arguments.Port ? $"-{arguments.PortMax}" : "")}");
}
