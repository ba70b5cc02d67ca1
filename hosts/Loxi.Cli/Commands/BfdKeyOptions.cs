using System.CommandLine;
using System.Globalization;
using Loxi.Api.Wire;
using Loxi.Cli.Arguments;

namespace Loxi.Cli.Commands;

/// <summary>The options about authentication. No message shows a secret: messages end up in logs.</summary>
internal sealed class BfdKeyOptions
{
    private static readonly string[] Types = ["none", "simple", "md5", "meticulous-md5", "sha1", "meticulous-sha1"];

    private readonly Option<string?> _type = OptionFactory.Single<string?>(
        "--auth-type", string.Join('|', Types), "How packets are authenticated; none takes it away.", "one of " + string.Join(", ", Types), static (string text, out string? value) => Types.Contains(value = text));

    private readonly Option<BfdKeyArguments[]> _keys = Keys();

    private readonly Option<string?> _keyFile = OptionFactory.Text("--auth-key-file", "path", "A file with a key on each line, ID:SECRET. Other users of the machine see --auth-key in the list of processes, and not what is in the file.");

    private readonly Option<long?> _active = OptionFactory.Number("--auth-active-key", "id", "The key to send with. Default: the first.", 0, byte.MaxValue);

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_type, _keys, _keyFile, _active])
        {
            command.Add(option);
        }
    }

    /// <summary>Whether one of them was given.</summary>
    public bool AreGiven(ParseResult parse) =>
        parse.GetValue(_type) is not null || parse.GetValue(_keys) is { Length: > 0 } || parse.GetValue(_keyFile) is not null || parse.GetValue(_active) is not null;

    public BfdAuthenticationArguments? Read(ParseResult parse, CliEnvironment environment, string command, List<string> problems)
    {
        if (!AreGiven(parse))
        {
            return null;
        }

        List<BfdKeyArguments> keys = [.. parse.GetValue(_keys) ?? []];
        if (parse.GetValue(_keyFile) is { } path)
        {
            ReadFile(path, environment, keys, problems);
        }

        if (parse.GetValue(_type) is not { } type)
        {
            problems.Add($"{command}: expected --auth-type with one of {string.Join(", ", Types)}");
            return null;
        }

        return new BfdAuthenticationArguments { Type = type, Keys = keys.Count == 0 ? null : keys, ActiveKeyId = parse.GetValue(_active) };
    }

    private static void ReadFile(string path, CliEnvironment environment, List<BfdKeyArguments> keys, List<string> problems)
    {
        string text;
        try
        {
            text = environment.ReadFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add($"--auth-key-file '{path}': expected a file that can be read ({e.Message})");
            return;
        }

        foreach (var (index, line) in text.Split('\n').Select(static l => l.TrimEnd('\r')).Index().Where(static l => l.Item.Length != 0))
        {
            if (BfdKeyArgument.TryParse(line, out var key))
            {
                keys.Add(key);
            }
            else
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"--auth-key-file '{path}': line {index + 1}: expected {BfdKeyArgument.Expected}"));
            }
        }
    }

    private static Option<BfdKeyArguments[]> Keys() => new("--auth-key")
    {
        Description = "A key, accepted from the peer; several times for several keys. See --auth-key-file too.",
        HelpName = "id:secret",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = static result =>
        {
            var keys = new List<BfdKeyArguments>();
            foreach (var token in result.Tokens)
            {
                if (BfdKeyArgument.TryParse(token.Value, out var key))
                {
                    keys.Add(key);
                }
                else
                {
                    result.AddError($"--auth-key: expected {BfdKeyArgument.Expected}");
                }
            }

            return [.. keys];
        },
    };
}
