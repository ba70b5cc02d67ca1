namespace Loxi.Ebpf.Native.Links;

/// <summary>Side of an interface.</summary>
public enum TrafficDirection
{
    /// <summary>Packets that the interface received.</summary>
    Ingress,

    /// <summary>Packets that the interface is about to send.</summary>
    Egress,
}
