using Loxi.Linux.Interop;

namespace Loxi.Linux.Files;

/// <summary>An exclusive lock on a directory (flock(2)), also where no file can be made, as in a bpffs. It ends with <see cref="Dispose"/> or with the process.</summary>
public sealed class DirectoryLock : IDisposable
{
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;

    private readonly SafeDescriptor _directory;

    private DirectoryLock(SafeDescriptor directory) => _directory = directory;

    /// <summary>Takes the lock, without waiting for it.</summary>
    /// <param name="path">The directory, which must be there.</param>
    /// <returns>The lock; null when somebody else has it.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="LinuxException">The directory cannot be opened or locked.</exception>
    public static DirectoryLock? TryTake(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var directory = Libc.Open(path, Libc.ORdonly);
        if (directory.IsInvalid)
        {
            throw Libc.Failure("open directory", path);
        }

        if (Libc.FLock(directory, LockExclusive | LockNonBlocking) == 0)
        {
            return new DirectoryLock(directory);
        }

        var failure = Libc.Failure("lock directory", path);
        directory.Dispose();
        return failure.ErrorNumber == Errno.EAGAIN ? null : throw failure;
    }

    /// <summary>Gives the lock up.</summary>
    public void Dispose() => _directory.Dispose();
}
