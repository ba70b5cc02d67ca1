using System.Runtime.CompilerServices;

namespace Loxi.Ebpf.Native.Maps;

/// <summary>A place in a map between two batches. <c>default</c> stands at the start. Belongs to one map; not thread-safe.</summary>
public struct MapCursor
{
    internal Token Position;

    /// <summary>Whether at least one batch was read.</summary>
    public bool Started { get; internal set; }

    // The kernel's token is a u32 for hashes and arrays and a key for tries, whose keys have at most 4 + 256 bytes.
    [InlineArray(Size)]
    internal struct Token
    {
        public const int Size = 264;
        private byte _first;
    }
}
