using Loxi.Linux.Interop;

namespace Loxi.Linux.Files;

/// <summary>Flushes directories to disk. .NET does not open them.</summary>
public static class DirectorySync
{
    /// <summary>Flushes a directory (fsync(2)), so that a rename in it survives a power failure. A file system that cannot do it (EINVAL) is left to its own.</summary>
    /// <param name="path">The directory.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="LinuxException">It cannot be opened or flushed.</exception>
    public static void Flush(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var directory = Libc.Open(path, Libc.ORdonly);
        if (directory.IsInvalid)
        {
            throw Libc.Failure("open directory", path);
        }

        if (Libc.FSync(directory) != 0 && Libc.LastError != Errno.EINVAL)
        {
            throw Libc.Failure("flush directory", path);
        }
    }
}
