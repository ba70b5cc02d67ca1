using System.Globalization;
using Loxi.TestKit.Interop;

namespace Loxi.TestKit.Topology;

/// <summary>Finds and removes what labs left on the machine.</summary>
public static class LabRegistry
{
    private static readonly string[] s_directories = [LabPaths.Namespaces, LabPaths.State, LabPaths.Pins, LabPaths.NodeState];

    /// <summary>The labs of which anything exists, of living and dead owners.</summary>
    public static IReadOnlyList<LabId> Find()
    {
        return [.. s_directories.SelectMany(LabPaths.Entries).Select(entry => entry.Id).Distinct().OrderBy(id => id.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>Removes the labs whose owner is dead, those kept on purpose only when asked; returns what was removed.</summary>
    public static IReadOnlyList<LabId> RemoveLeftovers(bool includeKept = false)
    {
        var removed = new List<LabId>();
        foreach (var id in Find().Where(id => !id.OwnerIsAlive && (includeKept || !IsKept(id))))
        {
            Remove(id);
            removed.Add(id);
        }

        return removed;
    }

    /// <summary>Everything of one lab that exists: paths of namespaces, directories, and <c>/proc/PID</c> of its processes.</summary>
    public static IReadOnlyList<string> Remains(LabId id)
    {
        var paths = s_directories.SelectMany(LabPaths.Entries).Where(entry => entry.Id == id).Select(entry => entry.Path).ToList();
        paths.AddRange(NamespacesOf(id).SelectMany(ProcessesIn).Select(pid => $"/proc/{pid.ToString(CultureInfo.InvariantCulture)}"));
        return paths;
    }

    /// <summary>Kills the processes of a lab and removes its namespaces and directories, whoever owns it.</summary>
    /// <exception cref="LabException">Something could not be removed; the rest was.</exception>
    public static void Remove(LabId id)
    {
        var failures = new List<Exception>();
        foreach (var path in NamespacesOf(id))
        {
            Try(failures, () => KillProcessesIn(path));
            Try(failures, () => DeleteNamespace(Path.GetFileName(path)));
        }

        foreach (var directory in new[] { LabPaths.Pins, LabPaths.NodeState, LabPaths.State })
        {
            foreach (var (path, _) in LabPaths.Entries(directory).Where(entry => entry.Id == id).ToList())
            {
                Try(failures, () => Directory.Delete(path, recursive: true));
            }
        }

        foreach (var directory in s_directories.Where(directory => directory != LabPaths.Namespaces))
        {
            DeleteIfEmpty(directory);
        }

        if (failures.Count > 0)
        {
            throw new LabException($"lab {id} was not removed whole: {string.Join("; ", failures.Select(f => f.Message))}", failures[0]);
        }
    }

    private static bool IsKept(LabId id) => File.Exists(Path.Combine(LabPaths.State, id.ToString(), LabPaths.KeepMarker));

    private static List<string> NamespacesOf(LabId id)
        => [.. LabPaths.Entries(LabPaths.Namespaces).Where(entry => entry.Id == id).Select(entry => entry.Path)];

    private static IEnumerable<int> ProcessesIn(string namespacePath)
    {
        var (code, output, _) = Shell.Execute("ip", null, "netns", "pids", Path.GetFileName(namespacePath));
        return code != 0
            ? []
            : output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line.Trim(), CultureInfo.InvariantCulture));
    }

    private static void KillProcessesIn(string namespacePath)
    {
        foreach (var pid in ProcessesIn(namespacePath).Where(pid => pid != Environment.ProcessId))
        {
            // A process that ended meanwhile is what is wanted.
            _ = Libc.Kill(pid, Libc.SigKill);
        }
    }

    private static void DeleteNamespace(string name)
    {
        var (code, _, error) = Shell.Execute("ip", null, "netns", "delete", name);
        if (code != 0 && File.Exists(Path.Combine(LabPaths.Namespaces, name)))
        {
            throw new LabException($"ip netns delete {name}: {error.Trim()}");
        }
    }

    private static void DeleteIfEmpty(string directory)
    {
        try
        {
            Directory.Delete(directory);
        }
        catch (IOException)
        {
            // Another lab lives in it, or it is gone.
        }
    }

    private static void Try(List<Exception> failures, Action action)
    {
        try
        {
            action();
        }
        catch (DirectoryNotFoundException)
        {
            // Another run removed it first.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LabException)
        {
            failures.Add(e);
        }
    }
}
