using System.Collections.Concurrent;
using System.Globalization;
using Loxi.Ebpf.Native;
using Loxi.Ebpf.Native.Features;
using Loxi.Ebpf.Native.Links;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Ebpf.Native.Programs;
using Loxi.Linux.Netlink;
using Loxi.Nat.DataPlane;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.Interfaces;

/// <summary>
/// Puts the programs on interfaces and takes over those of an earlier process without a packet in between. Attachments are pinned and
/// outlive the process: links as they are (<c>tcx_3</c>, <c>xdp_3</c>), a clsact filter by its program under a name that says where it is
/// (<c>clsact_3_1_1_0</c>: interface, priority, handle, qdisc made by us).
/// </summary>
internal sealed partial class InterfaceAttachments(NatDataPlane dataPlane, NatOptions options, ILogger logger) : IDisposable
{
    private readonly ILogger _logger = logger;
    private readonly ConcurrentDictionary<int, Attachment> _attached = new();
    private readonly bool _hasTcx = KernelFeatures.IsSupported(KernelFeature.TcxLink);

    /// <summary>Called for each interface that was attached.</summary>
    public Action<AttachedInterface>? OnAttached { get; set; }

    public IReadOnlyList<AttachedInterface> Attached => [.. _attached.Values.Select(a => a.Interface).OrderBy(i => i.Index)];

    /// <summary>Attaches, or leaves attached with the current program. Failing on one interface leaves the others as they are.</summary>
    /// <returns>False when the kernel refused; the reason is logged.</returns>
    public bool Ensure(Link link, HookMode mode)
    {
        if (_attached.TryGetValue(link.Index, out var present))
        {
            return present.Interface.Name == link.Name || Rename(present, link);
        }

        try
        {
            var attachment = Attach(link, mode);
            _attached[link.Index] = attachment;
            LogAttached(link.Name, attachment.Interface.Hook);
            OnAttached?.Invoke(attachment.Interface);
            return true;
        }
        catch (EbpfException e)
        {
            LogAttachFailed(link.Name, mode, e);
            return false;
        }
    }

    /// <summary>The interface is gone, or shall not be used any more.</summary>
    public void Remove(int interfaceIndex)
    {
        if (_attached.TryRemove(interfaceIndex, out var attachment))
        {
            Detach(attachment);
            LogDetached(attachment.Interface.Name);
        }
    }

    /// <summary>What an earlier process left on interfaces that are not used now.</summary>
    public void RemoveStale()
    {
        foreach (var pinned in dataPlane.Pins.List().Select(p => p.Name).Where(n => InterfaceOf(n) is { } index && !_attached.ContainsKey(index)).ToArray())
        {
            RemovePinned(dataPlane.Pins, pinned, _logger);
        }
    }

    /// <summary>Takes everything off that is pinned in a directory, whoever attached it.</summary>
    public static void RemovePinned(PinDirectory pins, ILogger logger)
    {
        foreach (var pinned in pins.List().Select(p => p.Name).Where(n => InterfaceOf(n) is not null).ToArray())
        {
            RemovePinned(pins, pinned, logger);
        }
    }

    /// <summary>Takes the programs off every interface.</summary>
    public void Purge()
    {
        foreach (var index in _attached.Keys)
        {
            Remove(index);
        }

        RemoveStale();
    }

    /// <summary>Lets go of the handles; the attachments stay.</summary>
    public void Dispose()
    {
        foreach (var attachment in _attached.Values)
        {
            (attachment.Link as ClsactFilter)?.Keep();
            attachment.Link.Dispose();
        }

        _attached.Clear();
    }

    private bool Rename(Attachment present, Link link)
    {
        _attached[link.Index] = present with { Interface = present.Interface with { Name = link.Name } };
        return true;
    }

    private Attachment Attach(Link link, HookMode mode)
    {
        if (mode == HookMode.Xdp || (mode == HookMode.Auto && MayHaveNativeXdp(link)))
        {
            try
            {
                return AttachXdp(link);
            }
            catch (EbpfException e) when (mode == HookMode.Auto)
            {
                LogNoXdp(link.Name, e.Message);
            }
        }

        RemoveOther(link.Index, "xdp");
        return _hasTcx ? AttachTcx(link) : AttachClsact(link);
    }

    /// <summary>A device of its own, not one that software makes up: those have a kind.</summary>
    private static bool MayHaveNativeXdp(Link link) => link.Kind is null && (link.Flags & LinkFlags.Loopback) == 0;

    private Attachment AttachXdp(Link link)
    {
        var program = dataPlane.LoadXdp(options);
        var attachment = Adopt(link, "xdp", program)
            ?? PinLink(link, "xdp", XdpLink.Attach(program, link.Index, XdpMode.Native));
        dataPlane.AllowTransmit(link.Index);
        RemoveOther(link.Index, "tcx");
        RemoveOther(link.Index, "clsact");
        return attachment;
    }

    private Attachment AttachTcx(Link link) =>
        Adopt(link, "tcx", dataPlane.TcProgram)
        ?? PinLink(link, "tcx", TcxLink.Attach(dataPlane.TcProgram, link.Index, TrafficDirection.Ingress));

    private Attachment PinLink(Link link, string hook, BpfLink attached)
    {
        try
        {
            dataPlane.Pins.Pin(attached, PinName(hook, link.Index));
            return new Attachment(new AttachedInterface(link.Index, link.Name, hook), attached);
        }
        catch
        {
            attached.Detach();
            attached.Dispose();
            throw;
        }
    }

    private Attachment? Adopt(Link link, string hook, BpfProgram program)
    {
        var name = PinName(hook, link.Index);
        if (!dataPlane.Pins.TryOpenLink(name, out var pinned))
        {
            return null;
        }

        if (pinned!.ReadInfo().InterfaceIndex != link.Index)
        {
            pinned.Dispose();
            dataPlane.Pins.Unpin(name);
            return null;
        }

        pinned.Update(program);
        return new Attachment(new AttachedInterface(link.Index, link.Name, hook), pinned);
    }

    private Attachment AttachClsact(Link link)
    {
        var filter = AdoptFilter(link.Index);
        if (filter is null)
        {
            filter = ClsactFilter.Attach(dataPlane.TcProgram, link.Index, TrafficDirection.Ingress);
            dataPlane.Pins.Pin(dataPlane.TcProgram, FilterPinName(filter));
        }

        return new Attachment(new AttachedInterface(link.Index, link.Name, "clsact"), filter);
    }

    private ClsactFilter? AdoptFilter(int interfaceIndex)
    {
        foreach (var pinned in dataPlane.Pins.List().Select(p => p.Name).Where(n => n.StartsWith(PinName("clsact", interfaceIndex) + "_", StringComparison.Ordinal)).ToArray())
        {
            var filter = OpenPinnedFilter(dataPlane.Pins, pinned, _logger);
            dataPlane.Pins.Unpin(pinned);
            if (filter is not null)
            {
                filter.Update(dataPlane.TcProgram);
                dataPlane.Pins.Pin(dataPlane.TcProgram, pinned);
                return filter;
            }
        }

        return null;
    }

    /// <summary>The filter that a pin name describes, when it still runs the program that is pinned there; null when it is gone or another's.</summary>
    private static ClsactFilter? OpenPinnedFilter(PinDirectory pins, string name, ILogger logger)
    {
        var parts = name.Split('_').Skip(1).Select(p => int.Parse(p, CultureInfo.InvariantCulture)).ToArray();
        if (!pins.TryOpenProgram(name, out var program))
        {
            return null;
        }

        using (program)
        {
            try
            {
                var filter = ClsactFilter.Open(parts[0], TrafficDirection.Ingress, parts[1], (uint)parts[2], parts[3] == 1);
                if (filter.ReadInfo().ProgramId == program!.Id)
                {
                    return filter;
                }

                filter.Keep();
                filter.Dispose();
            }
            catch (EbpfException e)
            {
                LogFilterGone(logger, name, e.Message);
            }

            return null;
        }
    }

    private void Detach(Attachment attachment)
    {
        dataPlane.ForbidTransmit(attachment.Interface.Index);
        var name = attachment.Link is ClsactFilter filter ? FilterPinName(filter) : PinName(attachment.Interface.Hook, attachment.Interface.Index);
        try
        {
            attachment.Link.Detach();
        }
        catch (EbpfException e)
        {
            LogFilterGone(_logger, name, e.Message);
        }

        dataPlane.Pins.Unpin(name);
        attachment.Link.Dispose();
    }

    private void RemoveOther(int interfaceIndex, string hook)
    {
        foreach (var pinned in dataPlane.Pins.List().Select(p => p.Name).Where(n => InterfaceOf(n) == interfaceIndex && n.StartsWith(hook, StringComparison.Ordinal)).ToArray())
        {
            RemovePinned(dataPlane.Pins, pinned, _logger);
        }
    }

    private static void RemovePinned(PinDirectory pins, string name, ILogger logger)
    {
        if (name.StartsWith("clsact_", StringComparison.Ordinal))
        {
            using var filter = OpenPinnedFilter(pins, name, logger);
            filter?.Detach();
        }
        else if (pins.TryOpenLink(name, out var link))
        {
            link!.Detach();
            link.Dispose();
        }

        pins.Unpin(name);
    }

    private static string PinName(string hook, int interfaceIndex) => string.Create(CultureInfo.InvariantCulture, $"{hook}_{interfaceIndex}");

    private static string FilterPinName(ClsactFilter filter) =>
        string.Create(CultureInfo.InvariantCulture, $"clsact_{filter.InterfaceIndex}_{filter.Priority}_{filter.Handle}_{(filter.CreatedQdisc ? 1 : 0)}");

    private static int? InterfaceOf(string pin)
    {
        var parts = pin.Split('_');
        return parts.Length >= 2 && parts[0] is "tcx" or "xdp" or "clsact" && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var index) ? index : null;
    }

    private sealed record Attachment(AttachedInterface Interface, IBpfLink Link);
}
