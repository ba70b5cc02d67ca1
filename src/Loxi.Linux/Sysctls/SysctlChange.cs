namespace Loxi.Linux.Sysctls;

/// <summary>A setting that a <see cref="SysctlScope"/> changed.</summary>
/// <param name="Key">The key, with slashes.</param>
/// <param name="Before">The value before the first change.</param>
/// <param name="After">The value that the kernel reported after the last change.</param>
public sealed record SysctlChange(string Key, string Before, string After);
