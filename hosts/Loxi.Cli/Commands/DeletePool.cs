using System.CommandLine;
using Loxi.Cli.Arguments;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>delete pool</c>.</summary>
internal sealed class DeletePool
{
    private readonly Argument<string> _name = PoolArgument.Create(ArgumentArity.ExactlyOne);

    public static Command Create(CommandRunner runner)
    {
        var self = new DeletePool();
        var command = new Command("pool", "Delete a source pool that no service uses.") { self._name };
        runner.Attach(command, (session, parse, cancellationToken) => self.RunAsync(session, parse, runner.Environment.Output, cancellationToken));
        return command;
    }

    private async Task RunAsync(NodeSession session, ParseResult parse, TextWriter output, CancellationToken cancellationToken)
    {
        var name = parse.GetRequiredValue(_name);
        if (!await session.Client.DeletePoolAsync(name, cancellationToken))
        {
            throw new CliException(ExitCode.NotFound, $"no pool '{name}'");
        }

        await output.WriteLineAsync($"pool {name} deleted");
    }
}
