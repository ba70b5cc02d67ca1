using System.CommandLine;
using System.Net;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Cli.Arguments;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>create|get|delete bgpdynamicneighbor</c>: peers that may connect from a prefix without being listed.</summary>
internal sealed class BgpRangeCommands
{
    private const string Name = "bgpdynamicneighbor";
    private static readonly string[] Aliases = ["bgpdynneigh", "bgpdynnei"];

    private readonly Argument<IPNetwork?> _prefix = new("prefix")
    {
        Description = "The addresses that they may have, such as 192.0.2.0/24.",
        CustomParser = static result =>
        {
            var text = result.Tokens[0].Value;
            if (PrefixText.TryParse(text, out var prefix))
            {
                return prefix;
            }

            result.AddError($"prefix '{text}': expected {PrefixText.Expected}");
            return null;
        },
    };

    private readonly Argument<long?> _remoteAs = BgpArguments.As("remote-as", "The AS of the peers.", ArgumentArity.ExactlyOne);
    private readonly Option<long?> _limit = OptionFactory.Number("--limit", "count", "Most of them at a time. Default: 100.", 1, 10_000);
    private readonly BgpOptions _options = new();

    public static Command Create(CommandRunner runner)
    {
        var self = new BgpRangeCommands();
        var command = Named("Let BGP peers of a prefix connect without being listed, or change the entry of this prefix.", self._prefix, self._remoteAs, self._limit);
        self._options.AddTo(command);
        runner.Attach(command, (session, parse, cancellationToken) => self.CreateAsync(session, parse, runner.Environment, cancellationToken));
        return command;
    }

    public static Command Get(CommandRunner runner)
    {
        var command = Named("Show the prefixes from which BGP peers may connect without being listed; the peers: get bgpneighbor -o wide.");
        new OutputOptions().Attach(command, runner, static async (session, _, view, cancellationToken) =>
        {
            var entries = await session.Client.ListBgpDynamicNeighborsAsync(cancellationToken);
            if (!view.TryWriteDocument())
            {
                var table = view.Screen.Table("PREFIX", "INTERFACE", "REMOTE AS#", "PEERS#", "LIMIT#", "PASSWORD", "DESCRIPTION");
                foreach (var e in entries)
                {
                    Screen.AddRow(table, [e.Prefix, e.Interface, e.RemoteAs, e.Peers, e.Limit, e.HasPassword ?? false, e.Description]);
                }

                view.Screen.Write(table);
            }
        });
        return command;
    }

    public static Command Delete(CommandRunner runner)
    {
        var self = new BgpRangeCommands();
        var link = BgpOptions.Interface();
        var command = Named("Let no BGP peers of a prefix connect any more: the sessions of those that came are closed.", self._prefix, link);
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var prefix = parse.GetRequiredValue(self._prefix)!.Value;
            if (!await session.Client.DeleteBgpDynamicNeighborsAsync(prefix, parse.GetValue(link), cancellationToken))
            {
                throw new CliException(ExitCode.NotFound, $"no BGP peers may connect from {prefix}");
            }

            await runner.Environment.Output.WriteLineAsync($"{Name} {prefix} deleted");
        });
        return command;
    }

    private static Command Named(string description, params Symbol[] members)
    {
        var command = new Command(Name, description);
        Array.ForEach(Aliases, command.Aliases.Add);
        foreach (var member in members)
        {
            if (member is Argument argument)
            {
                command.Add(argument);
            }
            else
            {
                command.Add((Option)member);
            }
        }

        return command;
    }

    private async Task CreateAsync(NodeSession session, ParseResult parse, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var prefix = parse.GetRequiredValue(_prefix)!.Value;
        List<string> problems = [];
        var settings = _options.Read(parse, prefix.BaseAddress, environment, problems) with { IPAddress = null, RemoteAs = parse.GetRequiredValue(_remoteAs) };
        if (problems.Count != 0)
        {
            throw new CliException(ExitCode.Usage, problems);
        }

        var changed = await session.Client.PutBgpDynamicNeighborsAsync(new BgpDynamicNeighborArguments(settings) { Prefix = prefix.ToString(), Limit = parse.GetValue(_limit) }, cancellationToken);
        await environment.Output.WriteLineAsync($"{Name} {prefix} {(changed ? "created" : "unchanged")}");
    }
}
