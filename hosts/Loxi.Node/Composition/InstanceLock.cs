using Loxi.Core;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Linux;
using Loxi.Linux.Files;

namespace Loxi.Node.Composition;

/// <summary>
/// Keeps a second process from running the same instance or from using its tables: exclusive locks on a file in the state directory and
/// on the pin directory, gone with the process.
/// </summary>
internal static class InstanceLock
{
    /// <summary>Takes the lock of the state directory.</summary>
    /// <exception cref="IOException">Another process has it, or the directory cannot be written.</exception>
    public static IDisposable Take(string stateDirectory, string instance)
    {
        Directory.CreateDirectory(stateDirectory);
        var path = Path.Combine(stateDirectory, "loxid.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException e) when (e.HResult == Errno.EAGAIN)
        {
            throw new IOException($"instance '{instance}' is running already: {path} is locked; choose another --instance and --state-dir", e);
        }
    }

    /// <summary>Takes the lock of the pin directory, which is made where it is missing.</summary>
    /// <exception cref="IOException">Another process has it, or the directory cannot be locked.</exception>
    /// <exception cref="Ebpf.Native.EbpfException">It is not in a BPF file system, or cannot be made.</exception>
    public static IDisposable TakePins(string pinDirectory)
    {
        var path = PinDirectory.Open(pinDirectory).Path;
        return new Pins(path, DirectoryLock.TryTake(path)
            ?? throw new IOException(Problem.Of("--pin-dir", path, "a directory that no other process uses; it is locked").ToString()));
    }

    /// <summary>Leaves no directory behind in which nothing is pinned.</summary>
    private sealed class Pins(string path, DirectoryLock taken) : IDisposable
    {
        public void Dispose()
        {
            if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
            {
                Directory.Delete(path);
            }

            taken.Dispose();
        }
    }
}
