using System.CommandLine;
using Loxi.Api.Wire;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>create|get|delete bgpdefinedset KIND NAME</c>.</summary>
internal static class BgpSetCommands
{
    private const string Name = "bgpdefinedset";
    private static readonly string[] Kinds = ["prefix", "neighbor", "community", "extcommunity", "largecommunity", "aspath"];

    public static Command Create(CommandRunner runner)
    {
        var (kind, name) = (Kind(), new Argument<string>("name") { Description = "Name of the set." });
        var members = new Argument<string[]>("member")
        {
            Description = "Members, also separated by commas: for prefix 192.0.2.0/24 or 192.0.2.0/24:24..32, for neighbor addresses or prefixes, else values or regular expressions, each an argument.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command(Name, "Create a set for the conditions of BGP policies, or take the place of the one of this name.") { kind, name, members };
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var (type, set) = (parse.GetRequiredValue(kind), parse.GetRequiredValue(name));
            await session.Client.PutBgpDefinedSetAsync(type, Read(type, set, parse.GetRequiredValue(members)), cancellationToken);
            await runner.Environment.Output.WriteLineAsync($"{Name} {type} {set} created");
        });
        return command;
    }

    public static Command Get(CommandRunner runner)
    {
        var kind = Kind();
        var command = new Command(Name, "Show the defined sets of a kind.") { kind };
        new OutputOptions().Attach(command, runner, async (session, parse, view, cancellationToken) =>
        {
            var sets = await session.Client.ListBgpDefinedSetsAsync(parse.GetRequiredValue(kind), cancellationToken);
            if (view.TryWriteDocument())
            {
                return;
            }

            var table = view.Screen.Table("NAME", "MEMBER", "LENGTHS");
            foreach (var set in sets)
            {
                var members = (set.Values ?? []).Select(static v => (v, (string?)null)).Concat((set.Prefixes ?? []).Select(static p => (p?.IPPrefix, p?.MaskLengthRange)));
                foreach (var (member, lengths) in members)
                {
                    Screen.AddRow(table, [set.Name, member, lengths]);
                }
            }

            view.Screen.Write(table);
        });
        return command;
    }

    public static Command Delete(CommandRunner runner)
    {
        var (kind, name) = (Kind(), new Argument<string>("name") { Description = "Name of the set." });
        var command = new Command(Name, "Delete a defined set that no policy uses.") { kind, name };
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            var (type, set) = (parse.GetRequiredValue(kind), parse.GetRequiredValue(name));
            if (!await session.Client.DeleteBgpDefinedSetAsync(type, set, cancellationToken))
            {
                throw new CliException(ExitCode.NotFound, $"no BGP defined set '{set}' of the kind {type}");
            }

            await runner.Environment.Output.WriteLineAsync($"{Name} {type} {set} deleted");
        });
        return command;
    }

    private static Argument<string> Kind()
    {
        var kind = new Argument<string>("kind") { Description = "Kind of the set." };
        kind.AcceptOnlyFromAmong(Kinds);
        return kind;
    }

    private static BgpDefinedSet Read(string kind, string name, string[] members)
    {
        if (kind is not ("prefix" or "neighbor"))
        {
            return new BgpDefinedSet { Name = name, Values = members };
        }

        string[] texts = [.. members.SelectMany(static m => m.Split(','))];
        return kind == "neighbor" ? new BgpDefinedSet { Name = name, Values = texts } : new BgpDefinedSet { Name = name, Prefixes = [.. texts.Select(ReadPrefix)] };
    }

    /// <summary>IPv6 has colons too: the one that counts follows the slash.</summary>
    private static BgpPrefixRangeArguments ReadPrefix(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var colon = slash < 0 ? -1 : text.IndexOf(':', slash);
        return colon < 0 ? new BgpPrefixRangeArguments { IPPrefix = text } : new BgpPrefixRangeArguments { IPPrefix = text[..colon], MaskLengthRange = text[(colon + 1)..] };
    }
}
