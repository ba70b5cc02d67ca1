namespace Loxi.Ebpf.Native.Maps;

/// <summary>Whether an update may create, replace, or both (flags of BPF_MAP_UPDATE_ELEM).</summary>
public enum MapUpdateMode
{
    /// <summary>BPF_ANY: create or replace.</summary>
    Any = 0,

    /// <summary>BPF_NOEXIST: create only.</summary>
    NoExist = 1,

    /// <summary>BPF_EXIST: replace only.</summary>
    Exist = 2,
}
