namespace Loxi.Ebpf.Native.Links;

/// <summary>Where on an interface a program is attached.</summary>
public enum AttachPoint
{
    /// <summary>XDP in the driver.</summary>
    XdpNative,

    /// <summary>XDP in the generic path.</summary>
    XdpGeneric,

    /// <summary>XDP in the hardware.</summary>
    XdpHardware,

    /// <summary>TCX, received packets.</summary>
    TcxIngress,

    /// <summary>TCX, packets to send.</summary>
    TcxEgress,

    /// <summary>A clsact filter, received packets.</summary>
    ClsactIngress,

    /// <summary>A clsact filter, packets to send.</summary>
    ClsactEgress,
}
