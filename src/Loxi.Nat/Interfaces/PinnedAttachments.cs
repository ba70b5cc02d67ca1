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

        var inOurQdisc = ReadPins(interfaceIndex).Where(static p => p.CreatedQdisc).ToArray();
        var unfinished = AttachmentPin.New + new AttachmentPin(AttachmentPin.Clsact, direction, interfaceIndex);
        pins.Pin(program, unfinished);
        ClsactFilter? filter = null;
        try
        {
            filter = ClsactFilter.Attach(program, interfaceIndex, direction);
            if (!filter.CreatedQdisc && Array.Exists(inOurQdisc, IsInPlace))
            {
                // The qdisc is ours, made for the other side, whose filter is in it still: whichever goes last takes it away.
                filter.Keep();
                filter = ClsactFilter.Open(interfaceIndex, direction, filter.Priority, filter.Handle, createdQdisc: true);
            }

            pins.Rename(unfinished, AttachmentPin.Of(filter).ToString());
            return filter;
        }
        catch
        {
            filter?.Detach();
            pins.Unpin(unfinished);
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

        try
        {
            pins.Unpin(pin.ToString());
        }
        finally
        {
            attachment.Dispose();
        }
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
            OpenFilter(pin, pin.ToString())?.Detach();
        }
        else if (pins.TryOpenLink(pin.ToString(), out var link))
        {
            link!.Detach();
            link.Dispose();
        }

        pins.Unpin(pin.ToString());
    }

    private AttachmentPin[] ReadPins()
    {
        var names = pins.List().Select(static p => p.Name).ToArray();
        if (Array.Exists(names, AttachmentPin.IsUnfinished))
        {
            foreach (var name in names)
            {
                Finish(name);
            }

            names = [.. pins.List().Select(static p => p.Name)];
        }

        return [.. names.Select(AttachmentPin.Parse).OfType<AttachmentPin>()];
    }

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
            if (OpenFilter(pin, pin.ToString()) is { } filter)
            {
                Update(filter, pin, program);
                return filter;
            }

            pins.Unpin(pin.ToString());
        }

        return null;
    }

    /// <summary>At every moment one of two pins has the program that the filter runs.</summary>
    private void Update(ClsactFilter filter, AttachmentPin pin, BpfProgram program)
    {
        var unfinished = AttachmentPin.Next + pin;
        pins.Pin(program, unfinished);
        try
        {
            filter.Update(program);
        }
        catch
        {
            filter.Keep();
            pins.Unpin(unfinished);
            throw;
        }

        pins.Rename(unfinished, pin.ToString());
    }

    /// <summary>What a process had begun when it ended is as if it had come to its end, or had not been begun.</summary>
    private void Finish(string name)
    {
        if (name.StartsWith(AttachmentPin.Next, StringComparison.Ordinal) && AttachmentPin.Parse(name[AttachmentPin.Next.Length..]) is { } changed)
        {
            if (OpenFilter(changed, name) is { } filter)
            {
                filter.Keep();
                pins.Rename(name, changed.ToString());
            }
            else
            {
                pins.Unpin(name);
            }
        }
        else if (name.StartsWith(AttachmentPin.New, StringComparison.Ordinal) && AttachmentPin.Parse(name[AttachmentPin.New.Length..]) is { } added)
        {
            if (FindFilter(added, name) is { } found)
            {
                pins.Rename(name, found.ToString());
            }
            else
            {
                pins.Unpin(name);
            }
        }
    }

    /// <summary>The filter that runs the program of an unfinished pin; null when it was not attached, or went with its interface.</summary>
    private AttachmentPin? FindFilter(AttachmentPin pin, string name)
    {
        if (!pins.TryOpenProgram(name, out var program))
        {
            return null;
        }

        using (program)
        {
            try
            {
                var point = pin.Direction == TrafficDirection.Ingress ? AttachPoint.ClsactIngress : AttachPoint.ClsactEgress;
                var found = InterfacePrograms.Query(pin.InterfaceIndex).FirstOrDefault(p => p.Point == point && p.ProgramId == program!.Id);
                // Who made the qdisc is not known: it is left where it is.
                return found.ProgramId == 0 ? null : pin with { Priority = found.Priority, Handle = found.Handle };
            }
            catch (EbpfException e)
            {
                LogAttachmentGone(_logger, pin, e.Message);
                return null;
            }
        }
    }

    private bool IsInPlace(AttachmentPin pin)
    {
        if (OpenFilter(pin, pin.ToString()) is not { } filter)
        {
            return false;
        }

        filter.Keep();
        return true;
    }

    /// <summary>The filter that a pin describes, when it still runs the program that is pinned there; null when it is gone or another's.</summary>
    private ClsactFilter? OpenFilter(AttachmentPin pin, string name)
    {
        if (!pins.TryOpenProgram(name, out var program))
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
