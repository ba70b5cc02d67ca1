using System.CommandLine;
using System.CommandLine.Parsing;
using Loxi.Cli.Arguments;

namespace Loxi.Cli;

/// <summary>Says what is wrong with a command line, everything at once, and what was probably meant.</summary>
internal static class ParseErrors
{
    // The parser's own words for what is described here with a suggestion.
    private const string Unmatched = "Unrecognized command or argument";
    private const string Incomplete = "Required command was not provided";
    private const string MissingArgument = "Required argument '";

    public static IReadOnlyList<string> Describe(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        var path = PathOf(parse.CommandResult);
        List<string> lines = [];

        // What follows an unknown option is probably its value: it says nothing of its own.
        // The parser takes an unknown option for an argument where there is room for one.
        var unknownOptions = parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(static argument => argument.Tokens.Select(static token => token.Value))
            .Concat(parse.UnmatchedTokens).Where(static token => token.StartsWith('-')).ToList();
        lines.AddRange(unknownOptions.Select(token => DescribeOption(token, path, parse.CommandResult)));
        if (unknownOptions.Count == 0)
        {
            // After an unknown command nothing can be said about the rest.
            lines.AddRange(parse.UnmatchedTokens.Take(command.Subcommands.Count == 0 ? int.MaxValue : 1).Select(token => DescribeToken(token, path, command)));
        }

        if (lines.Count == 0 && command.Subcommands.Count != 0 && command.Action is null)
        {
            lines.Add($"{path}expected one of {Names(command)}");
        }

        foreach (var message in parse.Errors.Select(static error => error.Message))
        {
            if (message.StartsWith(MissingArgument, StringComparison.Ordinal))
            {
                lines.Add($"{path}expected {string.Join(' ', command.Arguments.Select(static argument => argument.Name.ToUpperInvariant()))}");
            }
            else if (!message.StartsWith(Unmatched, StringComparison.Ordinal) && !message.StartsWith(Incomplete, StringComparison.Ordinal)
                && !unknownOptions.Exists(token => message.Contains($"'{token}'", StringComparison.Ordinal)))
            {
                lines.Add(message);
            }
        }

        lines.Add($"see: loxictl {path.TrimEnd(' ', ':')} --help".Replace("  ", " ", StringComparison.Ordinal));
        return lines;
    }

    private static string DescribeOption(string token, string path, CommandResult result)
    {
        var name = token.Split('=', ':')[0];
        return $"{path}unknown option '{name}'{Nearest.Question(name, OptionsOf(result))}";
    }

    private static string DescribeToken(string token, string path, Command command) =>
        command.Subcommands.Count != 0
            ? $"{path}unknown command '{token}', expected one of {Names(command)}{Nearest.Question(token, command.Subcommands.SelectMany(static c => c.Aliases.Prepend(c.Name)))}"
            : $"{path}unexpected argument '{token}'";

    private static string Names(Command command) => string.Join(", ", command.Subcommands.Select(static c => c.Name));

    private static IEnumerable<string> OptionsOf(CommandResult result)
    {
        var own = result.Command.Options.Where(static option => !option.Hidden);
        for (var parent = result.Parent as CommandResult; parent is not null; parent = parent.Parent as CommandResult)
        {
            own = own.Concat(parent.Command.Options.Where(static option => option.Recursive));
        }

        return own.SelectMany(static option => option.Aliases.Prepend(option.Name)).Where(static name => name.StartsWith("--", StringComparison.Ordinal));
    }

    // "create lb: ", and nothing for the root.
    private static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent).Replace(":", "", StringComparison.Ordinal)}{result.Command.Name}: " : "";
}
