namespace Loxi.Nat.Interfaces;

/// <summary>Where the balancer sits on an interface.</summary>
public enum HookMode
{
    /// <summary>XDP in the driver where the hardware has it, TC elsewhere (virtual links: TC sees whole GSO packets).</summary>
    Auto = 0,

    /// <summary>XDP in the driver (Linux 5.18). On veth the far end needs GRO or an XDP program, and transmit checksum offload off.</summary>
    Xdp = 1,

    /// <summary>Traffic control, ingress: TCX from Linux 6.6 on, clsact before.</summary>
    Tc = 2,
}
