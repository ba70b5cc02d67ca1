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

    private const string AgainAndAgain = "they are taken off again and again";

    private readonly ConcurrentDictionary<int, AttachmentLoss> _losses = new();
    private readonly LossPace _pace = new(time ?? TimeProvider.System);

    /// <summary>Called when an interface has lost its programs, has them again, or is gone without them. It must not call back.</summary>
    public Action? OnLossesChanged { get; set; }

    public IReadOnlyList<AttachmentLoss> Losses => [.. _losses.Values.OrderBy(l => l.Index)];

    /// <summary>The interfaces that are attached, or have lost their programs.</summary>
    public IReadOnlyList<int> Known => [.. _attached.Keys.Union(_losses.Keys)];

    /// <summary>The interfaces that miss a program which they had: for those that are still there <see cref="Restore"/> is to be called.</summary>
    public IReadOnlyList<int> FindIncomplete()
    {
        lock (_gate)
        {
            var lost = _attached.Values.Where(a => a.Parts.Any(p => !IsInPlace(p.Link, a.Name))).Select(a => a.Index);
            return [.. lost.Union(_losses.Values.Where(l => l.Problem is not null).Select(l => l.Index))];
        }
    }

    /// <summary>
    /// As <see cref="Ensure"/>, and what somebody else took off is attached anew, unless it is taken off again and again and was put on a moment ago (<see cref="LossPace"/>).
    /// Only for an interface that is there now: programs of one that is gone are off it too.
    /// </summary>
    /// <param name="link">The interface.</param>
    /// <param name="mode">The hook for what comes in; null for none.</param>
    /// <param name="isEgressWanted">Whether what goes out is looked at too.</param>
    /// <returns>False when the kernel refused, the reason of which is logged, or when it is too early; the next call tries again.</returns>
    public bool Restore(Link link, HookMode? mode, bool isEgressWanted)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            if (!_attached.TryGetValue(link.Index, out var attachment) || attachment.Parts.Where(p => !IsInPlace(p.Link, link.Name)).ToArray() is not { Length: > 0 } lost)
            {
                return Have(link, mode, isEgressWanted, isLostNow: false);
            }

            if (!_pace.MayPutOn(link.Index))
            {
                _pace.OnMissing(link.Index);
                return false;
            }

            LogLoss(link.Name, attachment.Description, _pace.OnLost(link.Index), _pace.IsFought(link.Index));
            try
            {
                Drop(attachment, lost);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Conclude(link, isLostNow: true, e.Message);
                throw;
            }

            return Have(link, mode, isEgressWanted, isLostNow: true);
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
    private void Drop(Attachment attachment, (IBpfLink Link, AttachmentPin Pin)[] lost)
    {
        var left = attachment with
        {
            Ingress = lost.Any(p => p.Link == attachment.Ingress) ? null : attachment.Ingress,
            Egress = lost.Any(p => p.Link == attachment.Egress) ? null : attachment.Egress,
        };
        if (left.Parts.Any())
        {
            _attached[attachment.Index] = left with { Hook = left.Ingress is null ? null : left.Hook, EgressHook = left.Egress is null ? null : left.EgressHook };
        }
        else
        {
            _attached.TryRemove(attachment.Index, out _);
        }

        if (left.Ingress is null && attachment.Ingress is not null)
        {
            dataPlane.ForbidTransmit(attachment.Index);
            _blocks.LeaveXdp(attachment.Index);
        }

        foreach (var (part, pin) in lost)
        {
            // A qdisc that was made for it stays: it may be another's by now.
            _pinned.Detach(part, pin);
        }
    }

    private bool IsKnownProblem(int interfaceIndex, string problem) => _losses.TryGetValue(interfaceIndex, out var loss) && loss.Problem == problem;

    /// <summary>After an attempt to have all programs on an interface.</summary>
    private void Conclude(Link link, bool isLostNow, string? problem)
    {
        if (problem is not null)
        {
            _pace.OnMissing(link.Index);
        }
        else if (_pace.IsFought(link.Index))
        {
            problem = AgainAndAgain;
        }

        var before = _losses.GetValueOrDefault(link.Index);
        if (before is null && !isLostNow)
        {
            return;
        }

        _losses[link.Index] = new AttachmentLoss(link.Index, link.Name, (before?.Count ?? 0) + (isLostNow ? 1 : 0), problem);
        if (isLostNow || problem != before!.Problem)
        {
            OnLossesChanged?.Invoke();
        }
    }

    private void ForgetLoss(int interfaceIndex)
    {
        _pace.Forget(interfaceIndex);
        if (_losses.TryRemove(interfaceIndex, out _))
        {
            OnLossesChanged?.Invoke();
        }
    }

    /// <summary>Each time, and in a fight once.</summary>
    private void LogLoss(string name, string hook, bool isFightBegun, bool isFought)
    {
        if (isFightBegun)
        {
            LogFought(name, hook, LossPace.FirstGap, LossPace.LongestGap, LossPace.Window);
        }
        else if (!isFought)
        {
            LogLost(name, hook);
        }
    }

    [LoggerMessage(2016, LogLevel.Warning, "Somebody took programs off {Interface} ({Hook}): they are put on again")]
    private partial void LogLost(string @interface, string hook);

    [LoggerMessage(2019, LogLevel.Error, "Somebody takes the programs off {Interface} ({Hook}) again and again: they are put on again at gaps of {First} to {Longest}, and it is not said again until they have stayed for {Window}")]
    private partial void LogFought(string @interface, string hook, TimeSpan first, TimeSpan longest, TimeSpan window);

    [LoggerMessage(2017, LogLevel.Debug, "Whether the programs are still on {Interface} could not be read")]
    private partial void LogNotRead(string @interface, Exception exception);
}
