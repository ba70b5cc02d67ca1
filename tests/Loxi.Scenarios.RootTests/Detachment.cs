using System.Globalization;
using Loxi.Ebpf.Native;
using Loxi.Ebpf.Native.Links;
using Loxi.Ebpf.Native.Programs;
using Loxi.TestKit.Topology;

namespace Loxi.Scenarios.RootTests;

/// <summary>Somebody else at the programs of a node.</summary>
internal static class Detachment
{
    private const int NoEntry = 2;
    private const int Busy = 16;

    /// <summary>Takes a program off an interface, as <c>bpftool link detach</c> does.</summary>
    /// <param name="host">The node.</param>
    /// <param name="pinDirectory">Its pin directory.</param>
    /// <param name="device">The interface.</param>
    /// <param name="hook"><c>tcx</c> or <c>xdp</c>.</param>
    public static void Detach(LabHost host, string pinDirectory, string device, string hook = "tcx")
    {
        using var link = BpfLink.OpenPinned(PinOf(host, pinDirectory, device, hook));
        link.Detach();
    }

    /// <summary>Puts another's XDP link in the place of the node's, until it is disposed of.</summary>
    public static IDisposable TakeXdp(LabHost host, string pinDirectory, string device)
    {
        var index = IndexOf(host, device);
        return host.Run(() =>
        {
            while (true)
            {
                try
                {
                    using var link = BpfLink.OpenPinned(PinOf(host, pinDirectory, device, "xdp"));
                    if (BpfProgram.TryOpenById(link.ReadInfo().ProgramId, out var program))
                    {
                        using (program)
                        {
                            link.Detach();
                            return XdpLink.Attach(program, index, XdpMode.Native);
                        }
                    }
                }
                catch (EbpfException e) when (e.Errno is Busy or NoEntry)
                {
                    // The node was faster.
                }
            }
        });
    }

    public static IReadOnlyList<AttachPoint> ProgramsOn(LabHost host, string device)
    {
        var index = IndexOf(host, device);
        return host.Run(() => InterfacePrograms.Query(index).Select(static program => program.Point).ToArray());
    }

    private static string PinOf(LabHost host, string pinDirectory, string device, string hook) => string.Create(CultureInfo.InvariantCulture, $"{pinDirectory}/{hook}_{IndexOf(host, device)}");

    private static int IndexOf(LabHost host, string device) => int.Parse(host.Ip($"-o link show dev {device}").Split(':')[0], CultureInfo.InvariantCulture);
}
