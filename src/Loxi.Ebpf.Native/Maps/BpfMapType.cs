namespace Loxi.Ebpf.Native.Maps;

/// <summary>enum bpf_map_type of linux/bpf.h. The kernel that brought each type is stated.</summary>
public enum BpfMapType
{
    /// <summary>No type.</summary>
    Unspecified = 0,

    /// <summary>Hash table (3.19).</summary>
    Hash = 1,

    /// <summary>Array of u32 index (3.19).</summary>
    Array = 2,

    /// <summary>Programs for tail calls (4.2).</summary>
    ProgramArray = 3,

    /// <summary>perf event descriptors (4.3).</summary>
    PerfEventArray = 4,

    /// <summary>Hash table with one value per CPU (4.6).</summary>
    PerCpuHash = 5,

    /// <summary>Array with one value per CPU (4.6).</summary>
    PerCpuArray = 6,

    /// <summary>Stack traces (4.6).</summary>
    StackTrace = 7,

    /// <summary>cgroup descriptors (4.8).</summary>
    CgroupArray = 8,

    /// <summary>Hash table that evicts the least recently used entry (4.10).</summary>
    LruHash = 9,

    /// <summary>LRU hash table with one value per CPU (4.10).</summary>
    LruPerCpuHash = 10,

    /// <summary>Longest-prefix-match trie (4.11).</summary>
    LpmTrie = 11,

    /// <summary>Array of maps (4.12).</summary>
    ArrayOfMaps = 12,

    /// <summary>Hash table of maps (4.12).</summary>
    HashOfMaps = 13,

    /// <summary>Devices by index for XDP redirect (4.14).</summary>
    DeviceMap = 14,

    /// <summary>Sockets by index (4.14).</summary>
    SocketMap = 15,

    /// <summary>CPUs for XDP redirect (4.15).</summary>
    CpuMap = 16,

    /// <summary>AF_XDP sockets (4.18).</summary>
    XskMap = 17,

    /// <summary>Sockets by key (4.18).</summary>
    SocketHash = 18,

    /// <summary>Storage per cgroup (4.19).</summary>
    CgroupStorage = 19,

    /// <summary>Sockets of a reuseport group (4.19).</summary>
    ReuseportSocketArray = 20,

    /// <summary>Storage per cgroup and CPU (4.20).</summary>
    PerCpuCgroupStorage = 21,

    /// <summary>FIFO queue (4.20).</summary>
    Queue = 22,

    /// <summary>LIFO stack (4.20).</summary>
    Stack = 23,

    /// <summary>Storage per socket (5.2).</summary>
    SocketStorage = 24,

    /// <summary>Devices by key for XDP redirect (5.4).</summary>
    DeviceMapHash = 25,

    /// <summary>Kernel operation tables (5.6).</summary>
    StructOps = 26,

    /// <summary>Ring buffer to user space (5.8).</summary>
    RingBuffer = 27,

    /// <summary>Storage per inode (5.10).</summary>
    InodeStorage = 28,

    /// <summary>Storage per task (5.11).</summary>
    TaskStorage = 29,

    /// <summary>Bloom filter (5.16).</summary>
    BloomFilter = 30,

    /// <summary>Ring buffer from user space (6.1).</summary>
    UserRingBuffer = 31,
}
