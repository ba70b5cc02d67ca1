using System.CommandLine;
using Loxi.Core;

namespace Loxi.Node.Options;

/// <summary>Reads the values of flags and collects what is wrong with them.</summary>
internal sealed class FlagReader(ParseResult parsed, List<Problem> problems)
{
    /// <summary>Reads the text of a value.</summary>
    public delegate bool Parser<T>(string text, out T value);

    /// <summary>The value of a flag, or the default when it was not given or is wrong.</summary>
    public T Read<T>(Option<string?> option, T defaultValue, Parser<T> parse, string expected)
    {
        if (Text(option) is not { } text)
        {
            return defaultValue;
        }

        if (parse(text, out var value))
        {
            return value;
        }

        problems.Add(Problem.Of(option.Name, text, expected));
        return defaultValue;
    }

    /// <summary>The text of a flag; null when it was not given, or not with one value, which the parser reports itself.</summary>
    public string? Text(Option<string?> option) =>
        parsed.GetResult(option) is { } result && !result.Errors.Any() && result.Tokens.Count == 1 ? result.Tokens[0].Value : null;
}
