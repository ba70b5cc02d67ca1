namespace Loxi.Ebpf.Native.Links;

/// <summary>Where an XDP program runs.</summary>
public enum XdpMode
{
    /// <summary>The driver where it supports XDP, else the generic path.</summary>
    Auto = 0,

    /// <summary>XDP_FLAGS_SKB_MODE: the generic path, any interface.</summary>
    Generic = 1 << 1,

    /// <summary>XDP_FLAGS_DRV_MODE: the driver only.</summary>
    Native = 1 << 2,
}
