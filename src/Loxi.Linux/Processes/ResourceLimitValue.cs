namespace Loxi.Linux.Processes;

/// <summary>A limit of the kernel.</summary>
/// <param name="Soft">What is enforced; <see cref="Infinity"/> for none.</param>
/// <param name="Hard">How far <paramref name="Soft"/> may be raised; <see cref="Infinity"/> for none.</param>
public readonly record struct ResourceLimitValue(ulong Soft, ulong Hard)
{
    /// <summary>No limit (RLIM_INFINITY).</summary>
    public const ulong Infinity = ulong.MaxValue;
}
