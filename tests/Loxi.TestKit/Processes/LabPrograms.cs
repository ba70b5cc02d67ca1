using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Processes;

/// <summary>Finds the executables of this repository that the lab starts.</summary>
public static class LabPrograms
{
    /// <summary>The program with the servers and clients of the lab.</summary>
    public static string Lab => Find("Loxi.Lab", "loxi-lab");

    /// <summary>The load-balancer node.</summary>
    public static string Node => Find("Loxi.Node", "loxid");

    /// <summary>The command line.</summary>
    public static string Cli => Find("Loxi.Cli", "loxictl");

    /// <summary>The load-balancer node of another version of this repository, which <c>./test.sh upgrade</c> builds.</summary>
    public static string OtherNode => Environment.GetEnvironmentVariable(OtherVariable) is { Length: > 0 } named && File.Exists(named)
        ? named
        : throw new LabException($"environment variable {OtherVariable}: '{Environment.GetEnvironmentVariable(OtherVariable)}', expected the path of loxid of another version (./test.sh upgrade builds one)");

    private const string OtherVariable = "LOXID_OTHER";

    /// <summary>The SCTP traffic generator of usrsctp, a user-space stack over raw sockets: the kernel needs no SCTP.</summary>
    public static string Tsctp => File.Exists(TsctpPath) ? TsctpPath : throw new LabException($"'{TsctpPath}' was not found (package libusrsctp-examples)");

    private const string TsctpPath = "/usr/lib/usrsctp/tsctp";

    /// <summary>
    /// Looks in the build output of the repository (the configuration of the running program first), then beside the
    /// running program. An environment variable named as the program, in capitals with <c>_</c> for <c>-</c>, wins.
    /// </summary>
    public static string Find(string project, string executable)
    {
        var variable = executable.Replace('-', '_').ToUpperInvariant();
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : throw new LabException($"environment variable {variable}: '{named}' does not exist");
        }

        var candidates = Candidates(project, executable).ToList();
        return candidates.Find(File.Exists)
            ?? throw new LabException($"'{executable}' was not found (build {project}); looked at: {string.Join(", ", candidates)}");
    }

    private static IEnumerable<string> Candidates(string project, string executable)
    {
        var own = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Loxi.sln")))
            {
                foreach (var configuration in new[] { own, "release", "debug" }.Distinct())
                {
                    yield return Path.Combine(directory.FullName, "artifacts", "bin", project, configuration, executable);
                }
            }
        }

        yield return Path.Combine(AppContext.BaseDirectory, executable);
    }
}
