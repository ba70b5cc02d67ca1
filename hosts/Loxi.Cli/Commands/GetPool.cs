using System.CommandLine;
using System.Text.Json;
using Loxi.Api;
using Loxi.Cli.Arguments;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>get pool</c>.</summary>
internal sealed class GetPool
{
    private readonly Argument<string> _name = PoolArgument.Create(ArgumentArity.ZeroOrOne);

    public static Command Create(CommandRunner runner)
    {
        var self = new GetPool();
        var command = new Command("pool", "Show source pools.") { self._name };
        new OutputOptions().Attach(command, runner, self.ShowAsync);
        return command;
    }

    private async Task ShowAsync(NodeSession session, ParseResult parse, View view, CancellationToken cancellationToken)
    {
        var name = parse.GetValue(_name);
        var all = await session.Client.ListPoolsAsync(cancellationToken);
        var pools = all.Where(p => name is null || p.Name == name).ToList();
        if (pools.Count == 0 && name is not null)
        {
            throw new CliException(ExitCode.NotFound, $"no pool '{name}'{Nearest.Question(name, all.Select(static p => p.Name).OfType<string>())}");
        }

        if (view.TryWriteDocument(element => name is null || element.Deserialize(LoxiJson.Pool)?.Name == name))
        {
            return;
        }

        var table = view.Screen.Table("NAME", "GROUP", "ADDRESSES");
        foreach (var pool in pools)
        {
            Screen.AddRow(table, pool.Name, pool.VipGroup, string.Join(',', pool.Addresses ?? []));
        }

        view.Screen.Write(table);
    }
}
