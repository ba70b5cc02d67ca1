using System.CommandLine;
using System.Net;
using Loxi.Api.V1;
using Loxi.Cli.Arguments;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>create pool</c>.</summary>
internal sealed class CreatePool
{
    private readonly Argument<string> _name = PoolArgument.Create(ArgumentArity.ExactlyOne);
    private readonly Option<IPAddress?[]> _addresses = OptionFactory.List<IPAddress?>("--addresses", "address,...", "The addresses, of either family or both.", "an IPv4 or IPv6 address", OptionFactory.ReadAddress);
    private readonly Option<string?> _group = OptionFactory.Name("--group", "The VIP group that it belongs to. Default: llb-inst0.");

    public static Command Create(CommandRunner runner)
    {
        var self = new CreatePool();
        var command = new Command("pool", "Create a source pool, or replace the addresses and the group of the one of this name.") { self._name, self._addresses, self._group };
        runner.Attach(command, (session, parse, cancellationToken) => self.RunAsync(session, parse, runner.Environment.Output, cancellationToken));
        return command;
    }

    private async Task RunAsync(NodeSession session, ParseResult parse, TextWriter output, CancellationToken cancellationToken)
    {
        var name = parse.GetRequiredValue(_name);
        if (parse.GetValue(_addresses) is not { Length: > 0 } addresses)
        {
            throw new CliException(ExitCode.Usage, $"create pool {name}: expected --addresses with the addresses of the pool");
        }

        await session.Client.PutPoolAsync(name, new Pool { VipGroup = parse.GetValue(_group), Addresses = [.. addresses.Select(static a => a!.ToString())] }, cancellationToken);
        await output.WriteLineAsync($"pool {name} created");
    }
}
