using System.Runtime.InteropServices;

namespace Loxi.Ebpf.Native.Interop;

/// <summary>bpf(2) itself, for the commands whose arguments are newer than libbpf 1.1.</summary>
internal static unsafe class BpfSyscall
{
    public const int ProgQuery = 16;
    public const int LinkCreate = 28;

    /// <summary>Runs a bpf(2) command; the result is a descriptor or zero, or the negated errno.</summary>
    public static int Call<T>(int command, ref T attribute)
        where T : unmanaged
    {
        fixed (T* pointer = &attribute)
        {
            // long syscall(__NR_bpf, int cmd, union bpf_attr *attr, unsigned int size);
            long result = Libc.Syscall(Number, command, pointer, (uint)sizeof(T));
            return result < 0 ? -Errno.Last : (int)result;
        }
    }

    private static long Number => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 321,
        Architecture.X86 => 357,
        Architecture.Arm => 386,
        Architecture.S390x => 351,
        Architecture.Ppc64le => 361,
        // Arm64, RiscV64 and LoongArch64 share the generic table.
        _ => 280,
    };
}
