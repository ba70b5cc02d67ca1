namespace Loxi.Ebpf.Native.Maps;

/// <summary>Outcome of an update whose failures are expected.</summary>
public enum MapUpdateResult
{
    /// <summary>The entry is in the map.</summary>
    Done,

    /// <summary>The key exists and <see cref="MapUpdateMode.NoExist"/> was asked (EEXIST).</summary>
    AlreadyExists,

    /// <summary>The key is absent and <see cref="MapUpdateMode.Exist"/> was asked (ENOENT).</summary>
    NotFound,

    /// <summary>The map is full (E2BIG, ENOSPC), or the index is not below the capacity of an array (E2BIG).</summary>
    Full,
}
