namespace Loxi.Ebpf.Native.Links;

/// <summary>What the kernel says about an attachment.</summary>
/// <param name="Type">Type of link; <see cref="BpfLinkType.Unspecified"/> for a clsact filter, which is no link.</param>
/// <param name="Id">Identifier of the link; 0 for a clsact filter.</param>
/// <param name="ProgramId">Identifier of the attached program.</param>
/// <param name="InterfaceIndex">Interface; 0 once the interface is gone or the link is detached.</param>
/// <param name="Direction">Side of the interface; ingress for XDP.</param>
public readonly record struct LinkInfo(BpfLinkType Type, uint Id, uint ProgramId, int InterfaceIndex, TrafficDirection Direction);
