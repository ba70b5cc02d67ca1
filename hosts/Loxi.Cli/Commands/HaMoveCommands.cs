using System.CommandLine;
using System.Globalization;
using Loxi.Api.V1;
using Loxi.Cli.Arguments;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>ha switchover</c>, <c>ha drain</c> and <c>ha resume</c>: planned moves of VIP groups.</summary>
internal static class HaMoveCommands
{
    public static Command SwitchOver(CommandRunner runner)
    {
        var group = BfdOptions.Instance();
        var to = OptionFactory.Number("--to", "node", "The number of the node that shall serve, its --self; that of this node takes the group from another one. Default: the best that can.", 0, ushort.MaxValue);
        var force = Force("Move it although established connections may be reset, because they are not at the other node.");
        var command = new Command("switchover", "Move a VIP group from this node to another one, without loss where connections are kept alike (--ha-sync).") { group, to, force };
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var one = parse.GetValue(group) ?? Core.Services.VipGroups.Default;
            var move = await session.Client.SwitchOverHaAsync(one, new HaMoveArguments { To = (int?)parse.GetValue(to), Force = OrNull(parse.GetValue(force)) }, cancellationToken);
            await WriteAsync(runner, move);
        });
        return command;
    }

    public static Command Drain(CommandRunner runner)
    {
        var force = Force("Drain although established connections may be reset, or no other node can serve yet: then a role goes as soon as one can.");
        var command = new Command("drain", "Give all VIP groups away and take none until 'ha resume', over restarts too.") { force };
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var drain = await session.Client.DrainHaAsync(new HaMoveArguments { Force = OrNull(parse.GetValue(force)) }, cancellationToken);
            foreach (var move in drain.Moves)
            {
                await WriteAsync(runner, move);
            }

            await runner.Environment.Output.WriteLineAsync("ha drained");
            if (drain.Moves.Count(static m => m.Problem is not null) is > 0 and var kept)
            {
                throw new CliException(ExitCode.Refused, string.Create(CultureInfo.InvariantCulture, $"{kept} of the VIP groups could not be given away yet"));
            }
        });
        return command;
    }

    public static Command Resume(CommandRunner runner)
    {
        var command = new Command("resume", "Let the node take roles again. It takes none from anybody.");
        runner.Attach(command, async (session, _, cancellationToken) =>
        {
            await session.Client.ResumeHaAsync(cancellationToken);
            await runner.Environment.Output.WriteLineAsync("ha resumed");
        });
        return command;
    }

    private static Option<bool> Force(string description) => OptionFactory.Flag("--force", description);

    private static bool? OrNull(bool value) => value ? true : null;

    private static Task WriteAsync(CommandRunner runner, HaMove move) => runner.Environment.Output.WriteLineAsync(SafeText.Of(move.Problem is { } problem
        ? $"ha {move.Group} stays: {problem}"
        : string.Create(CultureInfo.InvariantCulture, $"ha {move.Group} {(move.From is { } from ? $"moved from node {from} " : "moved ")}to node {move.To} in {move.Time:0.#}ms")));
}
