namespace Loxi.Cli;

/// <summary>Ends the command: the lines go to standard error, the code is what the process returns.</summary>
internal sealed class CliException(int exitCode, params IReadOnlyList<string> lines) : Exception(string.Join('\n', lines))
{
    public int ExitCode { get; } = exitCode;

    public IReadOnlyList<string> Lines { get; } = lines;
}
