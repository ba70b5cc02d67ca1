using System.Runtime.InteropServices;
using Loxi.Linux.Processes;

namespace Loxi.Linux.Interop;

internal static unsafe partial class Libc
{
    // int prlimit(pid_t pid, int resource, const struct rlimit *new_limit, struct rlimit *old_limit);
    [LibraryImport(Library, EntryPoint = "prlimit", SetLastError = true)]
    internal static partial int ProcessLimit(int process, int resource, ResourceLimitValue* value, ResourceLimitValue* before);

    // int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param);
    [LibraryImport(Library, EntryPoint = "sched_setscheduler", SetLastError = true)]
    internal static partial int SetScheduler(int thread, int policy, int* parameters);

    // int setpriority(int which, id_t who, int prio);
    [LibraryImport(Library, EntryPoint = "setpriority", SetLastError = true)]
    internal static partial int SetPriority(int which, uint who, int nice);
}
