namespace Loxi.Ebpf.Native.Maps;

/// <summary>Outcome of reading one batch.</summary>
public enum MapBatchStatus
{
    /// <summary>Entries were read and the cursor stands before more.</summary>
    More,

    /// <summary>The map is read to its end; the entries of this call, if any, are the last.</summary>
    End,

    /// <summary>A hash bucket has more entries than the spans hold (ENOSPC); the cursor did not move: call again with larger spans.</summary>
    SpansTooSmall,
}
