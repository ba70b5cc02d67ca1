using Loxi.Linux.Interop;

namespace Loxi.Linux.Processes;

/// <summary>Reads and sets resource limits of this process.</summary>
public static unsafe class ResourceLimits
{
    /// <summary>Reads a limit.</summary>
    /// <param name="limit">Which.</param>
    /// <returns>The limit in force.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static ResourceLimitValue Get(ResourceLimit limit)
    {
        ResourceLimitValue value;
        return Libc.ProcessLimit(0, (int)limit, null, &value) == 0 ? value : throw Libc.Failure("read resource limit", $"{limit}");
    }

    /// <summary>Sets a limit. Raising the hard limit needs CAP_SYS_RESOURCE.</summary>
    /// <param name="limit">Which.</param>
    /// <param name="value">The new limit.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static void Set(ResourceLimit limit, ResourceLimitValue value)
    {
        if (Libc.ProcessLimit(0, (int)limit, &value, null) != 0)
        {
            throw Libc.Failure("set resource limit", $"{limit}", $"soft {value.Soft}, hard {value.Hard}");
        }
    }

    /// <summary>Raises the soft limit to the wanted value, or as far as the hard limit goes; never lowers it.</summary>
    /// <param name="limit">Which.</param>
    /// <param name="wanted">The soft limit wanted.</param>
    /// <returns>The limit in force afterwards: compare its soft value with what was wanted.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static ResourceLimitValue Raise(ResourceLimit limit, ulong wanted)
    {
        var current = Get(limit);
        if (current.Soft >= wanted)
        {
            return current;
        }

        var raised = new ResourceLimitValue(wanted, Math.Max(wanted, current.Hard));
        if (Libc.ProcessLimit(0, (int)limit, &raised, null) == 0)
        {
            return raised;
        }

        if (Libc.LastError != Errno.EPERM)
        {
            throw Libc.Failure("raise resource limit", $"{limit}", $"to {wanted}");
        }

        var reachable = current with { Soft = Math.Min(wanted, current.Hard) };
        Set(limit, reachable);
        return reachable;
    }
}
