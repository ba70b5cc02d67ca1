namespace Loxi.Linux.RootTests.Support;

/// <summary>The descriptors that this process holds open, of the kinds that the library makes.</summary>
internal static class Descriptors
{
    public static int Count()
    {
        // What earlier tests dropped is closed first, so that a count compares with a later one.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Directory.GetFileSystemEntries("/proc/self/fd").Count(static path => IsOurs(TargetOf(path)));
    }

    // Assemblies and pipes are the runtime's, which opens and closes them when it likes.
    private static bool IsOurs(string target) =>
        target.StartsWith("socket:", StringComparison.Ordinal)
        || target.StartsWith("net:", StringComparison.Ordinal)
        || target.StartsWith("/run/netns", StringComparison.Ordinal)
        || target.StartsWith("/proc/sys", StringComparison.Ordinal)
        || target.Contains("eventfd", StringComparison.Ordinal);

    private static string TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget ?? string.Empty;
        }
        catch (IOException)
        {
            return string.Empty; // the descriptor of the listing itself
        }
    }
}
