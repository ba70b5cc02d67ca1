using System.Collections.Concurrent;
using Loxi.Ebpf.Native;
using Loxi.Ebpf.Native.Links;
using Loxi.Linux.Netlink;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.Interfaces;

/// <content>Programs that somebody else takes off an interface.</content>
internal sealed partial class InterfaceAttachments
{
    private const string NoXdpWithBlocks = "there are services with a block, which need TC";

    private readonly ConcurrentDictionary<int, AttachmentLoss> _losses = new();

    /// <summary>Called when an interface has lost its programs, has them again, or is gone without them. It must not call back.</summary>
    public Action? OnLossesChanged { get; set; }

    public IReadOnlyList<AttachmentLoss> Losses => [.. _losses.Values.OrderBy(l => l.Index)];

    /// <summary>The interfaces that miss a program which they had: for those that are still there <see cref="Restore"/> is to be called.</summary>
    public IReadOnlyList<int> FindIncomplete()
    {
        lock (_gate)
        {
            var lost = _attached.Values.Where(a => a.Parts.Any(p => !IsInPlace(p.Link, a.Name))).Select(a => a.Index);
            return [.. lost.Union(_losses.Values.Where(l => l.Problem is not null).Select(l => l.Index))];
        }
    }

    /// <summary>As <see cref="Ensure"/>, and what somebody else took off is attached anew. Only for an interface that is there now: programs of one that is gone are off it too.</summary>
    /// <param name="link">The interface.</param>
    /// <param name="mode">The hook for what comes in; null for none.</param>
    /// <param name="isEgressWanted">Whether what goes out is looked at too.</param>
    /// <returns>False when the kernel refused; the reason is logged, and the next call tries again.</returns>
    public bool Restore(Link link, HookMode? mode, bool isEgressWanted)
    {
        lock (_gate)
        {
            return Have(link, mode, isEgressWanted, !_isClosed && DropLost(link));
        }
    }

    /// <summary>What the kernel does not tell is taken for being there.</summary>
    private bool IsInPlace(IBpfLink link, string name)
    {
        try
        {
            return link.IsAttached();
        }
        catch (EbpfException e)
        {
            LogNotRead(name, e);
            return true;
        }
    }

    /// <summary>Lets go of what somebody took off, so that it is attached anew.</summary>
    /// <returns>Whether there was anything.</returns>
    private bool DropLost(Link link)
    {
        if (!_attached.TryGetValue(link.Index, out var attachment) || attachment.Parts.Where(p => !IsInPlace(p.Link, link.Name)).ToArray() is not { Length: > 0 } lost)
        {
            return false;
        }

        LogLost(link.Name, attachment.Description);
        foreach (var (part, pin) in lost)
        {
            // A qdisc that was made for it goes too when nothing else is in it: it is made again.
            _pinned.Detach(part, pin);
        }

        var left = attachment with
        {
            Ingress = lost.Any(p => p.Link == attachment.Ingress) ? null : attachment.Ingress,
            Egress = lost.Any(p => p.Link == attachment.Egress) ? null : attachment.Egress,
        };
        if (left.Ingress is null && attachment.Ingress is not null)
        {
            dataPlane.ForbidTransmit(link.Index);
            _blocks.LeaveXdp(link.Index);
        }

        if (left.Parts.Any())
        {
            _attached[link.Index] = left with { Hook = left.Ingress is null ? null : left.Hook, EgressHook = left.Egress is null ? null : left.EgressHook };
        }
        else
        {
            _attached.TryRemove(link.Index, out _);
        }

        return true;
    }

    private bool IsKnownProblem(int interfaceIndex, string problem) => _losses.TryGetValue(interfaceIndex, out var loss) && loss.Problem == problem;

    /// <summary>After an attempt to have all programs on an interface.</summary>
    private void Conclude(Link link, bool isLostNow, string? problem)
    {
        var before = _losses.GetValueOrDefault(link.Index);
        if (before is null && !isLostNow)
        {
            return;
        }

        _losses[link.Index] = new AttachmentLoss(link.Index, link.Name, (before?.Count ?? 0) + (isLostNow ? 1 : 0), problem);
        if (isLostNow || (problem is null) != (before!.Problem is null))
        {
            OnLossesChanged?.Invoke();
        }
    }

    private void ForgetLoss(int interfaceIndex)
    {
        if (_losses.TryRemove(interfaceIndex, out _))
        {
            OnLossesChanged?.Invoke();
        }
    }

    [LoggerMessage(2016, LogLevel.Warning, "Somebody took programs off {Interface} ({Hook}): they are put on again")]
    private partial void LogLost(string @interface, string hook);

    [LoggerMessage(2017, LogLevel.Debug, "Whether the programs are still on {Interface} could not be read")]
    private partial void LogNotRead(string @interface, Exception exception);
}
