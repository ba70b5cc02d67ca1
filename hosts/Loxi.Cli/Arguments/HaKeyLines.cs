using Loxi.Api.V1;
using Loxi.Core;
using Loxi.Core.Roles;

namespace Loxi.Cli.Arguments;

/// <summary>A file with keys of HELLO, as <c>--ha-keys</c> of a node takes it. No message shows a secret.</summary>
internal static class HaKeyLines
{
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

        var problems = new List<Problem>();
        var keys = HelloKeyLines.Read(text, "", problems);
        if (problems.Count != 0)
        {
            throw new CliException(ExitCode.Usage, [.. problems.Select(p => $"{option} '{path}': {p.Field}: expected {p.Expected}, found '{p.Value}'")]);
        }

        if (keys.IsEmpty)
        {
            throw new CliException(ExitCode.Usage, $"{option} '{path}': expected at least one line with a number and a secret");
        }

        return [.. keys.Select(static k => new HaKeyArguments { Id = k.Id, Secret = k.Digits })];
    }
}
