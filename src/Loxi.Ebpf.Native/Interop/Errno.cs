using System.Runtime.InteropServices;

namespace Loxi.Ebpf.Native.Interop;

/// <summary>The Linux error numbers that this library tells apart (asm-generic/errno.h), and the one place where errno is read.</summary>
internal static class Errno
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EINTR = 4;
    public const int E2BIG = 7;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int EFAULT = 14;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int ENODEV = 19;
    public const int EINVAL = 22;
    public const int ENOSPC = 28;
    public const int ENOSYS = 38;
    public const int ENOLINK = 67;
    public const int EOPNOTSUPP = 95;

    /// <summary>Kernel-internal "operation is not supported", which leaks to user space from map batch commands.</summary>
    public const int ENOTSUPP = 524;

    private const int LibbpfStart = 4000;

    /// <summary>errno of the last import marked SetLastError on this thread.</summary>
    public static int Last => Marshal.GetLastPInvokeError();

    /// <summary>Human text for an error number, of libc or of libbpf (4000 and above).</summary>
    public static string Describe(int errno) => errno switch
    {
        ENOTSUPP => "Operation not supported by this map type (ENOTSUPP)",
        >= LibbpfStart => DescribeLibbpf(errno - LibbpfStart),
        _ => Marshal.GetPInvokeErrorMessage(errno),
    };

    // enum libbpf_errno, bpf/libbpf.h.
    private static string DescribeLibbpf(int index) => index switch
    {
        0 => "Something wrong in libelf",
        1 => "BPF object format invalid",
        2 => "'version' section incorrect or lost",
        3 => "Endian mismatch",
        4 => "Internal error in libbpf",
        5 => "Relocation failed",
        6 => "Failed to load program",
        7 => "Kernel verifier blocks program loading",
        8 => "Program too big",
        9 => "Incorrect kernel version",
        10 => "Kernel doesn't support this program type",
        _ => $"libbpf error {LibbpfStart + index}",
    };
}
