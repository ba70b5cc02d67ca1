namespace Loxi.Ebpf.Native.Links;

/// <summary>enum bpf_link_type of linux/bpf.h; types not named here keep their number.</summary>
public enum BpfLinkType
{
    /// <summary>Unknown.</summary>
    Unspecified = 0,

    /// <summary>XDP on an interface (5.9).</summary>
    Xdp = 6,

    /// <summary>Traffic control on an interface (6.6).</summary>
    Tcx = 11,
}
