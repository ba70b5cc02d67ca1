namespace Loxi.Node.Composition;

/// <summary>Keeps a second process from running the same instance: an exclusive lock on a file in the state directory, gone with the process.</summary>
internal static class InstanceLock
{
    /// <summary>Takes the lock.</summary>
    /// <exception cref="IOException">Another process has it, or the directory cannot be written.</exception>
    public static IDisposable Take(string stateDirectory, string instance)
    {
        Directory.CreateDirectory(stateDirectory);
        var path = Path.Combine(stateDirectory, "loxid.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException e)
        {
            throw new IOException($"instance '{instance}' is running already: {path} is locked; choose another --instance and --state-dir", e);
        }
    }
}
