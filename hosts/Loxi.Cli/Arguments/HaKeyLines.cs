using System.Globalization;
using Loxi.Api.V1;

namespace Loxi.Cli.Arguments;

/// <summary>A file with keys of HELLO, as <c>--ha-keys</c> of a node takes it. No message shows a secret.</summary>
internal static class HaKeyLines
{
    private const string Expected = "a number from 1 to 65535 and 32 to 128 hexadecimal digits";

    public static IReadOnlyList<HaKeyArguments> Read(string option, string path, CliEnvironment environment)
    {
        string text;
        try
        {
            text = environment.ReadFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException(ExitCode.Usage, $"{option} '{path}': expected a file that can be read ({e.Message})");
        }

        var (keys, problems) = (new List<HaKeyArguments>(), new List<string>());
        foreach (var (index, line) in text.Split('\n').Select(static l => l.Trim()).Index().Where(static l => l.Item.Length != 0 && l.Item[0] != '#'))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 2 && ushort.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != 0
                && words[1].Length is >= 32 and <= 128 && words[1].Length % 2 == 0 && words[1].All(char.IsAsciiHexDigit))
            {
                keys.Add(new HaKeyArguments { Id = id, Secret = words[1] });
            }
            else
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"{option} '{path}': line {index + 1}: expected {Expected}"));
            }
        }

        if (keys.Count == 0 && problems.Count == 0)
        {
            problems.Add($"{option} '{path}': expected at least one line with {Expected}");
        }

        return problems.Count == 0 ? keys : throw new CliException(ExitCode.Usage, problems);
    }
}
