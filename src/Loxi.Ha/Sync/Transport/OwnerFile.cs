using Loxi.Linux.Files;

namespace Loxi.Ha.Sync.Transport;

/// <summary>Files that nobody but their owner may read, replaced as a whole.</summary>
internal static class OwnerFile
{
    public const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a new file beside the old one, flushes it, renames it over the old one and flushes the directory. What fails leaves the old one as it was, and nothing beside it.</summary>
    /// <exception cref="IOException">E.g. the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not write it.</exception>
    /// <exception cref="Linux.LinuxException">The directory cannot be flushed.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(directory);
        var temporary = path + ".tmp";

        // Not written over: one that is left of a crash may have another mode, or be a link.
        File.Delete(temporary);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        DirectorySync.Flush(directory);
    }
}
