namespace Loxi.TestKit.Topology;

/// <summary>Where labs leave things on the machine.</summary>
internal static class LabPaths
{
    internal const string Namespaces = "/run/netns";
    internal const string State = "/run/loxi-lab";
    internal const string Pins = "/sys/fs/bpf/loxi";
    internal const string NodeState = "/run/loxi";
    internal const string KeepMarker = "keep";

    /// <summary>Namespaces, pin directories and run directories of nodes, all named <c>loxi-ID-HOST</c>.</summary>
    internal static IEnumerable<(string Path, LabId Id)> Entries(string directory)
    {
        if (!Directory.Exists(directory))
        {
            yield break;
        }

        foreach (var path in Directory.EnumerateFileSystemEntries(directory))
        {
            if (LabId.TryParse(Path.GetFileName(path)) is { } id)
            {
                yield return (path, id);
            }
        }
    }
}
