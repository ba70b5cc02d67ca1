using Loxi.Ebpf.Native.Features;
using Loxi.Ebpf.Native.Interop;
using Loxi.Ebpf.Native.Programs;

namespace Loxi.Ebpf.Native.Links;

/// <summary>
/// A traffic-control program on an interface, by TCX bpf_link (Linux 6.6). Several programs may be attached; they run in order until
/// one returns other than TC_ACT_UNSPEC (TCX_NEXT), then clsact filters run.
/// </summary>
public sealed class TcxLink : BpfLink
{
    // enum bpf_attach_type, Linux 6.6; absent from the headers of libbpf 1.1.
    internal const uint AttachIngress = 46;
    internal const uint AttachEgress = 47;

    // BPF_F_BEFORE and BPF_F_AFTER, linux/bpf.h of 6.6.
    private const uint FlagBefore = 1 << 3;
    private const uint FlagAfter = 1 << 4;

    internal TcxLink(BpfHandle handle)
        : base(handle)
    {
    }

    /// <summary>Attaches a program.</summary>
    /// <param name="program">Program of type <see cref="BpfProgramType.SchedCls"/>.</param>
    /// <param name="interfaceIndex">Interface in the network namespace of the calling thread.</param>
    /// <param name="direction">Received or sent packets.</param>
    /// <param name="position">Before or after the programs that are attached already; after them by default.</param>
    /// <exception cref="UnsupportedKernelFeatureException">The kernel is older than 6.6.</exception>
    /// <exception cref="EbpfException">ENODEV: no such interface; EEXIST: this very program is attached there already.</exception>
    public static TcxLink Attach(BpfProgram program, int interfaceIndex, TrafficDirection direction, TcxPosition position = TcxPosition.Last)
    {
        int fd = Create(program, interfaceIndex, AttachType(direction), position == TcxPosition.First ? FlagBefore : FlagAfter);
        if (fd >= 0)
        {
            return new TcxLink(new BpfHandle(fd));
        }

        if (fd == -Errno.EINVAL && !KernelFeatures.IsSupported(KernelFeature.TcxLink))
        {
            throw new UnsupportedKernelFeatureException(KernelFeature.TcxLink);
        }

        throw new EbpfException(
            $"attach program '{program.Name}' ({program.Type}) by TCX to {direction} of interface {interfaceIndex}",
            -fd,
            detail: fd == -Errno.ENODEV ? "the interface does not exist in this network namespace" : null);
    }

    /// <summary>Opens a pinned TCX link.</summary>
    /// <param name="path">Path inside a bpffs.</param>
    /// <exception cref="EbpfException">Nothing is pinned there (ENOENT), or it is not a TCX link.</exception>
    public static new TcxLink OpenPinned(string path)
    {
        BpfLink link = BpfLink.OpenPinned(path);
        if (link is TcxLink tcx)
        {
            return tcx;
        }

        link.Dispose();
        throw new EbpfException($"open the TCX link pinned at {path}", 0, detail: $"a {link.GetType().Name} is pinned there");
    }

    internal static uint AttachType(TrafficDirection direction) => direction switch
    {
        TrafficDirection.Ingress => AttachIngress,
        TrafficDirection.Egress => AttachEgress,
        _ => throw new ArgumentOutOfRangeException(nameof(direction), direction, "expected Ingress or Egress"),
    };
}
