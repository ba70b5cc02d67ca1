using Loxi.Ebpf.Native;
using Loxi.Ebpf.Native.Links;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Ebpf.Native.Programs;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.Interfaces;

/// <summary>Attachments that are pinned and outlive the process: made, taken over from an earlier process without a packet in between, and taken off.</summary>
internal sealed partial class PinnedAttachments(PinDirectory pins, ILogger logger)
{
    private readonly ILogger _logger = logger;

    /// <summary>Takes over the XDP link of an interface or makes it.</summary>
    public IBpfLink AttachXdp(BpfProgram program, int interfaceIndex)
    {
        var pin = new AttachmentPin(AttachmentPin.Xdp, TrafficDirection.Ingress, interfaceIndex);
        return AdoptLink(pin, program) ?? PinLink(pin, XdpLink.Attach(program, interfaceIndex, XdpMode.Native));
    }

    /// <summary>Takes over the TCX link of one side of an interface or makes it.</summary>
    public IBpfLink AttachTcx(BpfProgram program, int interfaceIndex, TrafficDirection direction)
    {
        var pin = new AttachmentPin(AttachmentPin.Tcx, direction, interfaceIndex);
        return AdoptLink(pin, program) ?? PinLink(pin, TcxLink.Attach(program, interfaceIndex, direction));
    }

    /// <summary>Takes over the clsact filter of one side of an interface or makes it.</summary>
    public IBpfLink AttachClsact(BpfProgram program, int interfaceIndex, TrafficDirection direction)
    {
        if (AdoptFilter(program, interfaceIndex, direction) is { } adopted)
        {
            return adopted;
        }

        var filter = ClsactFilter.Attach(program, interfaceIndex, direction);
        if (!filter.CreatedQdisc && ReadPins(interfaceIndex).Any(p => p.CreatedQdisc))
        {
            // The qdisc is ours, made for the other side: whichever goes last takes it away.
            filter.Keep();
            filter = ClsactFilter.Open(interfaceIndex, direction, filter.Priority, filter.Handle, createdQdisc: true);
        }

        try
        {
            pins.Pin(program, AttachmentPin.Of(filter).ToString());
            return filter;
        }
        catch
        {
            filter.Detach();
            throw;
        }
    }

    /// <summary>Takes an attachment off that this process has made or taken over.</summary>
    public void Detach(IBpfLink attachment, AttachmentPin pin)
    {
        try
        {
            attachment.Detach();
        }
        catch (EbpfException e)
        {
            LogAttachmentGone(_logger, pin, e.Message);
        }

        pins.Unpin(pin.ToString());
        attachment.Dispose();
    }

    /// <summary>Takes off what is pinned and chosen, whoever attached it; the way out first, so that a qdisc is empty when its maker leaves.</summary>
    public void Remove(Func<AttachmentPin, bool> chosen)
    {
        foreach (var pin in ReadPins().Where(chosen).OrderByDescending(p => p.Direction == TrafficDirection.Egress).ToArray())
        {
            RemovePinned(pin);
        }
    }

    private void RemovePinned(AttachmentPin pin)
    {
        if (pin.Hook == AttachmentPin.Clsact)
        {
            OpenFilter(pin)?.Detach();
        }
        else if (pins.TryOpenLink(pin.ToString(), out var link))
        {
            link!.Detach();
            link.Dispose();
        }

        pins.Unpin(pin.ToString());
    }

    private AttachmentPin[] ReadPins() => [.. pins.List().Select(p => AttachmentPin.Parse(p.Name)).OfType<AttachmentPin>()];

    private IEnumerable<AttachmentPin> ReadPins(int interfaceIndex) => ReadPins().Where(p => p.InterfaceIndex == interfaceIndex);

    private BpfLink PinLink(AttachmentPin pin, BpfLink attached)
    {
        try
        {
            pins.Pin(attached, pin.ToString());
            return attached;
        }
        catch
        {
            attached.Detach();
            attached.Dispose();
            throw;
        }
    }

    private BpfLink? AdoptLink(AttachmentPin pin, BpfProgram program)
    {
        if (!pins.TryOpenLink(pin.ToString(), out var pinned))
        {
            return null;
        }

        if (pinned!.ReadInfo().InterfaceIndex != pin.InterfaceIndex)
        {
            pinned.Dispose();
            pins.Unpin(pin.ToString());
            return null;
        }

        pinned.Update(program);
        return pinned;
    }

    private ClsactFilter? AdoptFilter(BpfProgram program, int interfaceIndex, TrafficDirection direction)
    {
        foreach (var pin in ReadPins(interfaceIndex).Where(p => p.Hook == AttachmentPin.Clsact && p.Direction == direction))
        {
            var filter = OpenFilter(pin);
            pins.Unpin(pin.ToString());
            if (filter is not null)
            {
                filter.Update(program);
                pins.Pin(program, pin.ToString());
                return filter;
            }
        }

        return null;
    }

    /// <summary>The filter that a pin describes, when it still runs the program that is pinned there; null when it is gone or another's.</summary>
    private ClsactFilter? OpenFilter(AttachmentPin pin)
    {
        if (!pins.TryOpenProgram(pin.ToString(), out var program))
        {
            return null;
        }

        using (program)
        {
            try
            {
                var filter = ClsactFilter.Open(pin.InterfaceIndex, pin.Direction, pin.Priority, pin.Handle, pin.CreatedQdisc);
                if (filter.ReadInfo().ProgramId == program!.Id)
                {
                    return filter;
                }

                filter.Keep();
            }
            catch (EbpfException e)
            {
                LogAttachmentGone(_logger, pin, e.Message);
            }

            return null;
        }
    }

    [LoggerMessage(2014, LogLevel.Warning, "The attachment pinned as {Pin} is gone: {Reason}")]
    private static partial void LogAttachmentGone(ILogger logger, AttachmentPin pin, string reason);
}
