using System.CommandLine;
using System.Net;
using Loxi.Cli.Arguments;
using Loxi.Cli.Session;
using Loxi.Core.Services;

namespace Loxi.Cli.Commands;

/// <summary><c>delete lb</c>: by key, by name, or all.</summary>
internal sealed class DeleteLb
{
    private readonly Argument<IPAddress?> _vip = OptionFactory.Vip(ArgumentArity.ZeroOrOne);
    private readonly ServiceKeyOptions _key = new(withTarget: false);
    private readonly Option<string?> _name = OptionFactory.Text("--name", "name", "Every service of this name.");
    private readonly Option<bool> _all = OptionFactory.Flag("--all", "Every service.");

    public static Command Create(CommandRunner runner)
    {
        var self = new DeleteLb();
        var command = new Command("lb", "Delete a service by its address, protocol and port; or those of a name; or all.") { self._vip };
        command.Aliases.Add("loadbalancer");
        self._key.AddTo(command);
        command.Add(self._name);
        command.Add(self._all);
        runner.Attach(command, (session, parse, cancellationToken) => self.RunAsync(session, parse, runner.Environment.Output, cancellationToken));
        return command;
    }

    private async Task RunAsync(NodeSession session, ParseResult parse, TextWriter output, CancellationToken cancellationToken)
    {
        var vip = parse.GetValue(_vip);
        var name = parse.GetValue(_name);
        var ports = _key.PortsOf(parse);
        var byKey = vip is not null || ports.Count != 0;
        if ((byKey ? 1 : 0) + (name is null ? 0 : 1) + (parse.GetValue(_all) ? 1 : 0) != 1)
        {
            throw new CliException(ExitCode.Usage, "delete lb: expected exactly one of: EXTERNAL-IP with --tcp, --udp, --sctp or --icmp; --name; --all");
        }

        if (byKey)
        {
            await DeleteByKeyAsync(session, parse, vip, ports, output, cancellationToken);
        }
        else if (name is not null)
        {
            await DeleteByNameAsync(session, name, output, cancellationToken);
        }
        else
        {
            await session.Client.DeleteAllServicesAsync(cancellationToken);
            await output.WriteLineAsync("all services deleted");
        }
    }

    private async Task DeleteByKeyAsync(
        NodeSession session, ParseResult parse, IPAddress? vip, IReadOnlyList<(ServiceProtocol Protocol, PortMapping Ports)> ports, TextWriter output, CancellationToken cancellationToken)
    {
        if (vip is null || ports.Count == 0)
        {
            throw new CliException(ExitCode.Usage, vip is null
                ? "delete lb: expected EXTERNAL-IP before the protocol and port"
                : $"delete lb {vip}: expected --tcp, --udp or --sctp with a port, or --icmp");
        }

        List<string> absent = [];
        foreach (var (protocol, range) in ports)
        {
            var key = new ServiceKey(vip, protocol, range.Port, range.PortMax, (uint)(_key.MarkOf(parse) ?? 0), _key.HostOf(parse) ?? "");
            if (await session.Client.DeleteServiceAsync(key, cancellationToken))
            {
                await output.WriteLineAsync($"lb {ServiceNames.Of(vip.ToString(), ServiceProtocolNames.NameOf(protocol), range.Port, range.PortMax)} deleted");
            }
            else
            {
                absent.Add($"no service {key}");
            }
        }

        if (absent.Count != 0)
        {
            throw new CliException(ExitCode.NotFound, absent);
        }
    }

    // The node answers alike whether there was one or not, as existing clients expect; a typing error should not look like success.
    private static async Task DeleteByNameAsync(NodeSession session, string name, TextWriter output, CancellationToken cancellationToken)
    {
        if (name.Length == 0)
        {
            throw new CliException(ExitCode.Usage, "--name '': expected the name of a service");
        }

        var names = (await session.Client.ListServicesAsync(cancellationToken)).Select(static s => s.ServiceArguments?.Name).OfType<string>().ToList();
        var count = names.Count(known => known == name);
        if (count == 0)
        {
            throw new CliException(ExitCode.NotFound, $"no service with name '{name}'{Nearest.Question(name, names)}");
        }

        await session.Client.DeleteServicesByNameAsync(name, cancellationToken);
        await output.WriteLineAsync($"{count} {(count == 1 ? "service" : "services")} deleted");
    }
}
