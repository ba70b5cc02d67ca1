using System.Runtime.ExceptionServices;
using Loxi.Linux.Interop;

namespace Loxi.Linux.Namespaces;

/// <content>Named namespaces, compatible with <c>ip netns</c>.</content>
public sealed partial class NetworkNamespace
{
    /// <summary>Creates a named namespace, as <c>ip netns add</c> does. Its loopback link is down.</summary>
    /// <param name="name">The name below <see cref="Directory"/>.</param>
    /// <returns>A handle to dispose; the namespace stays until <see cref="Delete"/>.</returns>
    /// <exception cref="ArgumentException">The name is empty, "." or "..", or has a slash or NUL in it.</exception>
    /// <exception cref="LinuxException">The name exists, or CAP_SYS_ADMIN is missing.</exception>
    public static NetworkNamespace Create(string name)
    {
        var path = PathOf(name);
        PrepareDirectory();
        using (var file = Libc.Open(path, Libc.ORdonly | Libc.OCreat | Libc.OExcl))
        {
            if (file.IsInvalid)
            {
                throw Libc.Failure("create network namespace", name);
            }
        }

        try
        {
            // The thread that unshares never comes back: it ends in the new namespace.
            LinuxException? failure = null;
            var thread = new Thread(() =>
            {
                if (Libc.Unshare(Libc.CloneNewNet) != 0 || Libc.Mount("/proc/thread-self/ns/net", path, "none", (nuint)Libc.MsBind, 0) != 0)
                {
                    failure = Libc.Failure("create network namespace", name);
                }
            })
            {
                IsBackground = true,
                Name = "netns-create",
            };
            thread.UnsafeStart();
            thread.Join();
            if (failure is not null)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            return Open(name);
        }
        catch
        {
            _ = Libc.Unmount(path, Libc.MntDetach);
            _ = Libc.Unlink(path);
            throw;
        }
    }

    /// <summary>Removes the name of a namespace, as <c>ip netns delete</c> does. The namespace ends with its last process, socket and handle.</summary>
    /// <param name="name">The name below <see cref="Directory"/>.</param>
    /// <exception cref="ArgumentException">The name is empty, "." or "..", or has a slash or NUL in it.</exception>
    /// <exception cref="LinuxException">There is no such name, or CAP_SYS_ADMIN is missing.</exception>
    public static void Delete(string name)
    {
        var path = PathOf(name);

        // EINVAL: the file is there but nothing is mounted on it (left by a creation that was killed): unlinking it is the clean-up.
        if (Libc.Unmount(path, Libc.MntDetach) != 0 && Libc.LastError != Errno.EINVAL)
        {
            throw Libc.Failure("delete network namespace", name);
        }

        if (Libc.Unlink(path) != 0)
        {
            throw Libc.Failure("delete network namespace", name);
        }
    }

    /// <summary>Whether a namespace of that name is there.</summary>
    /// <param name="name">The name below <see cref="Directory"/>.</param>
    /// <returns>True when the name exists.</returns>
    /// <exception cref="ArgumentException">The name is empty, "." or "..", or has a slash or NUL in it.</exception>
    public static bool Exists(string name) => File.Exists(PathOf(name));

    /// <summary>The names of all named namespaces, in ordinal order.</summary>
    /// <returns>The names; empty when there are none.</returns>
    public static IReadOnlyList<string> List()
    {
        if (!System.IO.Directory.Exists(Directory))
        {
            return [];
        }

        var names = System.IO.Directory.GetFiles(Directory).Select(static path => Path.GetFileName(path)).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    private static string PathOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name is "." or ".." || name.AsSpan().IndexOfAny('/', '\0') >= 0 || name.Length > 255)
        {
            throw new ArgumentException($"'{name}' is not a namespace name: expected 1 to 255 characters without '/' or NUL, and not '.' or '..'.", nameof(name));
        }

        return $"{Directory}/{name}";
    }

    private static void PrepareDirectory()
    {
        System.IO.Directory.CreateDirectory(Directory);

        // As iproute2: the directory is a shared mount of its own, so that names made here appear in every mount
        // namespace. The lock keeps two creators from stacking two mounts.
        using var directory = Libc.Open(Directory, Libc.ORdonly);
        if (directory.IsInvalid || Libc.Lock(directory, Libc.LockExclusive) != 0)
        {
            throw Libc.Failure("lock", Directory);
        }

        if (Libc.Mount("", Directory, "none", (nuint)(Libc.MsShared | Libc.MsRec), 0) == 0)
        {
            return;
        }

        if (Libc.LastError != Errno.EINVAL)
        {
            throw Libc.Failure("make a shared mount of", Directory);
        }

        if (Libc.Mount(Directory, Directory, "none", (nuint)(Libc.MsBind | Libc.MsRec), 0) != 0
            || Libc.Mount("", Directory, "none", (nuint)(Libc.MsShared | Libc.MsRec), 0) != 0)
        {
            throw Libc.Failure("make a shared mount of", Directory);
        }
    }
}
