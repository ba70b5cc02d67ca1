using System.Runtime.ExceptionServices;
using Loxi.Linux.Interop;

namespace Loxi.Linux.Namespaces;

/// <summary>
/// A network namespace, held open by a descriptor. Code is run inside it with <see cref="Run{T}"/>: sockets that are
/// created there belong to the namespace for their whole life and may be used from any thread afterwards.
/// </summary>
/// <remarks>
/// Entering a namespace needs CAP_SYS_ADMIN. Named namespaces are those of <c>ip netns</c> (bind mounts under
/// <see cref="Directory"/>); only the network namespace is entered, <c>/sys</c> is not remounted. Safe for concurrent use.
/// </remarks>
public sealed partial class NetworkNamespace : IDisposable
{
    /// <summary>Where named namespaces are mounted, as <c>ip netns</c> does: <c>/run/netns</c>.</summary>
    public const string Directory = "/run/netns";

    private readonly SafeDescriptor _descriptor;

    private NetworkNamespace(SafeDescriptor descriptor, string name)
    {
        _descriptor = descriptor;
        Name = name;
    }

    /// <summary>The name or path that it was opened by, for messages.</summary>
    public string Name { get; }

    /// <summary>What the kernel calls it, for example <c>net:[4026531840]</c>; equal for two handles exactly when they are the same namespace.</summary>
    /// <exception cref="ObjectDisposedException">The handle is disposed.</exception>
    public string Identity
    {
        get
        {
            var inode = Libc.Inode(_descriptor);
            return inode != 0 ? $"net:[{inode}]" : throw Libc.Failure("read the identity of network namespace", Name);
        }
    }

    /// <summary>Opens a named namespace.</summary>
    /// <param name="name">The name below <see cref="Directory"/>.</param>
    /// <returns>A handle to dispose.</returns>
    /// <exception cref="ArgumentException">The name is empty, "." or "..", or has a slash or NUL in it.</exception>
    /// <exception cref="LinuxException">There is no such namespace, or no permission to open it.</exception>
    public static NetworkNamespace Open(string name) => OpenPath(PathOf(name), name);

    /// <summary>Opens a namespace by its path, for example <c>/proc/1234/ns/net</c>.</summary>
    /// <param name="path">Path of a namespace file.</param>
    /// <returns>A handle to dispose.</returns>
    /// <exception cref="LinuxException">The path cannot be opened or is not a network namespace.</exception>
    public static NetworkNamespace OpenPath(string path) => OpenPath(path, path);

    /// <summary>Opens the namespace of the calling thread.</summary>
    /// <returns>A handle to dispose.</returns>
    /// <exception cref="LinuxException">/proc is not mounted.</exception>
    public static NetworkNamespace OpenCurrent() => OpenPath("/proc/thread-self/ns/net", "current");

    /// <summary>
    /// Runs a delegate inside the namespace, on a thread of its own that ends with it (never a pool thread), and waits for it.
    /// </summary>
    /// <remarks>
    /// Threads and processes that the delegate starts inherit the namespace, and so would a pool thread that the runtime starts on its
    /// behalf: open sockets and start processes inside, wait for tasks and timers outside.
    /// </remarks>
    /// <typeparam name="T">What the delegate returns.</typeparam>
    /// <param name="function">Synchronous work.</param>
    /// <returns>What the delegate returned.</returns>
    /// <exception cref="LinuxException">The namespace cannot be entered (CAP_SYS_ADMIN is needed).</exception>
    /// <exception cref="ObjectDisposedException">The handle is disposed.</exception>
    public T Run<T>(Func<T> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        ObjectDisposedException.ThrowIf(_descriptor.IsClosed, this);
        T result = default!;
        RunOnThread(() => result = function());
        return result;
    }

    /// <summary>Runs a delegate inside the namespace; see <see cref="Run{T}"/>.</summary>
    /// <param name="action">Synchronous work.</param>
    /// <exception cref="LinuxException">The namespace cannot be entered (CAP_SYS_ADMIN is needed).</exception>
    /// <exception cref="ObjectDisposedException">The handle is disposed.</exception>
    public void Run(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        ObjectDisposedException.ThrowIf(_descriptor.IsClosed, this);
        RunOnThread(action);
    }

    /// <summary>Closes the handle. The namespace itself lives on while it is mounted, has processes, or has open sockets.</summary>
    public void Dispose() => _descriptor.Dispose();

    /// <summary>The name and the kernel's identity.</summary>
    /// <returns>Text for messages.</returns>
    public override string ToString() => _descriptor.IsClosed ? Name : $"{Name} ({Identity})";

    private static NetworkNamespace OpenPath(string path, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var descriptor = Libc.Open(path, Libc.ORdonly);
        if (descriptor.IsInvalid)
        {
            descriptor.Dispose();
            throw Libc.Failure("open network namespace", path);
        }

        if (Libc.NamespaceKind(descriptor, Libc.NsGetNsType) != Libc.CloneNewNet)
        {
            descriptor.Dispose();
            throw new LinuxException("open network namespace", Errno.EINVAL, path, "the file is not a network namespace");
        }

        return new NetworkNamespace(descriptor, name);
    }

    private void RunOnThread(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (Libc.SetNamespace(_descriptor, Libc.CloneNewNet) != 0)
                {
                    throw Libc.Failure("enter network namespace", Name);
                }

                action();
            }
#pragma warning disable CA1031 // Every failure is carried to the caller.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            IsBackground = true,
            Name = "netns",
        };
        thread.UnsafeStart();
        thread.Join();
        failure?.Throw();
    }
}
