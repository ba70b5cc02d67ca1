using System.Diagnostics;

namespace Loxi.TestKit.Topology;

/// <summary>Runs a short administrative command and fails loudly.</summary>
public static class Shell
{
    /// <summary>No command here works that long: one that does is stuck, and whoever waits for it with it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs <paramref name="file"/> to its end; returns its standard output.</summary>
    /// <exception cref="LabException">The command ended with a code other than 0.</exception>
    public static string Run(string file, params string[] arguments) => RunWithInput(file, null, arguments);

    /// <summary>As <see cref="Run"/>, with text on standard input.</summary>
    public static string RunWithInput(string file, string? input, params string[] arguments)
    {
        var (code, output, error) = Execute(file, input, arguments);
        return code == 0
            ? output
            : throw new LabException($"`{file} {string.Join(' ', arguments)}` ended with {code}: {error.Trim()} {(input is null ? "" : $"input:\n{input}")}");
    }

    /// <summary>Runs a command whose failure is an answer; returns the exit code and both outputs.</summary>
    /// <exception cref="LabException">The command did not end in time; it is killed.</exception>
    public static (int ExitCode, string Output, string Error) Execute(string file, string? input, params string[] arguments)
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        process.Start();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (input is not null)
        {
            process.StandardInput.Write(input);
        }

        process.StandardInput.Close();
        if (!process.WaitForExit(Limit) || !Task.WaitAll([output, error], Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new LabException($"`{file} {string.Join(' ', arguments)}` did not end within {Limit.TotalSeconds} s");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
