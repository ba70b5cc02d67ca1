using System.Diagnostics;

namespace Loxi.Linux.RootTests.Support;

/// <summary>Runs a command line tool and fails with its output when it fails.</summary>
internal static class Command
{
    public static string Run(string commandLine)
    {
        var parts = commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo(parts[0], parts[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"'{commandLine}' ended with {process.ExitCode}: {output}{error.Result}");
    }
}
