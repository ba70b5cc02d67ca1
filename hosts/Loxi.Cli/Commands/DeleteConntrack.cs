using System.CommandLine;
using System.Globalization;
using Loxi.Api.V1;
using Loxi.Cli.Arguments;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>delete conntrack</c>.</summary>
internal static class DeleteConntrack
{
    public static Command Create(CommandRunner runner)
    {
        var filter = new ConnectionFilterOptions();
        var all = OptionFactory.Flag("--all", "Every connection.");
        var command = new Command("conntrack", "Forget connections: their next packets are treated as new.");
        command.Aliases.Add("ct");
        filter.AddTo(command);
        command.Add(all);
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var wanted = filter.Read(parse);
            if (wanted.MatchesAll != parse.GetValue(all))
            {
                throw new CliException(ExitCode.Usage, "delete conntrack: expected --all, or at least one of --vip, --port, --client, --endpoint, --protocol, --service, --state");
            }

            var count = await session.Client.DeleteConnectionsAsync(wanted.MatchesAll ? ConnectionFilter.All : wanted, cancellationToken);
            await runner.Environment.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "connection" : "connections")} deleted"));
        });
        return command;
    }
}
