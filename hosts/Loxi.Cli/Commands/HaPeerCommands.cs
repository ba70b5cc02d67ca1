using System.CommandLine;
using System.Globalization;
using Loxi.Api.V1;
using Loxi.Cli.Arguments;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>ha peer</c>: the other nodes, without a restart.</summary>
internal static class HaPeerCommands
{
    public static Command Create(CommandRunner runner) => new("peer", "The other nodes that decide with this one. Changes are in force at once and outlive a restart; from the first one on, --cluster and --ka of the node say no more who they are.")
    {
        List(runner),
        Set(runner),
        Remove(runner),
        Reset(runner),
    };

    private static Command List(CommandRunner runner)
    {
        var command = new Command("list", "Show the other nodes as they are configured.");
        new OutputOptions().Attach(command, runner, static async (session, _, view, cancellationToken) =>
        {
            var list = await session.Client.ListHaPeersAsync(cancellationToken);
            if (view.TryWriteDocument())
            {
                return;
            }

            var table = view.Screen.Table("NODE", "PATH", "LOCAL", "INTERFACE", "ORIGIN", "SYNC PIN");
            foreach (var (peer, path) in (list.Peers ?? []).SelectMany(static p => (p.Paths ?? []).Select(path => (p, path))))
            {
                Screen.AddRow(table, peer.Node, path?.Address, path?.Local, path?.Interface, list.Origin, peer.SyncPins is { } pins ? string.Join(',', pins) : null);
            }

            view.Screen.Write(table);
        });
        return command;
    }

    private static Command Set(CommandRunner runner)
    {
        var (node, paths) = (Node(), HaPathArgument.Create());
        var pins = OptionFactory.List<string>("--sync-pin", "pin", "By which key the node is known where connections are kept alike: what loxid --ha-sync-pin prints there; several while it gets another one. Default: as before.", "64 hexadecimal digits", ReadPin);
        var command = new Command("set", "Add another node, or change the ways to it or its pins. Do the same on every node.") { node, paths, pins };
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var number = parse.GetRequiredValue(node);
            await session.Client.PutHaPeerAsync(number, new HaPeerSettings { Paths = parse.GetRequiredValue(paths), SyncPins = parse.GetValue(pins) is { Length: > 0 } given ? given : null }, cancellationToken);
            await runner.Environment.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"ha peer {number} set"));
        });
        return command;
    }

    private static Command Remove(CommandRunner runner)
    {
        var node = Node();
        var command = new Command("remove", "Take another node away, but not the last one.") { node };
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var number = parse.GetRequiredValue(node);
            if (!await session.Client.DeleteHaPeerAsync(number, cancellationToken))
            {
                throw new CliException(ExitCode.NotFound, string.Create(CultureInfo.InvariantCulture, $"no other node {number}"));
            }

            await runner.Environment.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"ha peer {number} removed"));
        });
        return command;
    }

    private static Command Reset(CommandRunner runner)
    {
        var command = new Command("reset", "Forget what is stored: the other nodes are those of --cluster and --ka of the node again, at once.");
        runner.Attach(command, async (session, _, cancellationToken) =>
        {
            await session.Client.ResetHaPeersAsync(cancellationToken);
            await runner.Environment.Output.WriteLineAsync("ha peers reset");
        });
        return command;
    }

    private static bool ReadPin(string text, out string value)
    {
        value = text;
        return text.Length == 64 && text.All(char.IsAsciiHexDigit);
    }

    private static Argument<int> Node() => new("node")
    {
        Description = "The number of the other node, its --self.",
        CustomParser = static result =>
        {
            var text = result.Tokens[0].Value;
            if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                result.AddError($"node '{text}': expected a whole number from 0 to {ushort.MaxValue}");
            }

            return number;
        },
    };
}
