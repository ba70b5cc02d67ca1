using System.Runtime.InteropServices;

namespace Loxi.Nat.KernelCheck;

/// <summary>A libbpf call other than the load itself failed.</summary>
internal sealed class LibbpfException(string operation, int errno)
    : Exception($"{operation} failed: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})");
