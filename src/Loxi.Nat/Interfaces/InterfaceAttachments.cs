using System.Collections.Concurrent;
using Loxi.Ebpf.Native;
using Loxi.Ebpf.Native.Features;
using Loxi.Ebpf.Native.Links;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Ebpf.Native.Programs;
using Loxi.Linux.Netlink;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.Interfaces;

/// <summary>Puts the programs on interfaces, for what comes in and, where wanted, for what goes out, and takes over those of an earlier process.</summary>
internal sealed partial class InterfaceAttachments(NatDataPlane dataPlane, NatOptions options, ILogger logger, bool? tcx = null, BlocksOrXdp? blocks = null, TimeProvider? time = null) : IDisposable
{
    private const string NoHook = "none";

    private readonly ILogger _logger = logger;
    private readonly PinnedAttachments _pinned = new(dataPlane.Pins, logger);
    private readonly ConcurrentDictionary<int, Attachment> _attached = new();
    private readonly BlocksOrXdp _blocks = blocks ?? new BlocksOrXdp();
    private readonly bool _hasTcx = tcx ?? KernelFeatures.IsSupported(KernelFeature.TcxLink);

    // Who follows the network and who looks whether the programs are still there both attach.
    private readonly Lock _gate = new();
    private bool _isClosed;

    /// <summary>Called for each interface that was attached.</summary>
    public Action<AttachedInterface>? OnAttached { get; set; }

    /// <summary>The program for what goes out; loaded when the first interface wants it.</summary>
    public BpfProgram? EgressProgram { get; set; }

    public IReadOnlyList<AttachedInterface> Attached => [.. _attached.Values.Select(a => a.Interface).OrderBy(i => i.Index)];

    /// <summary>Attaches, or leaves attached with the current program. Failing on one interface leaves the others as they are.</summary>
    /// <param name="link">The interface.</param>
    /// <param name="mode">The hook for what comes in; null for none.</param>
    /// <param name="isEgressWanted">Whether what goes out is looked at too.</param>
    /// <returns>False when the kernel refused; the reason is logged, and the next call tries again.</returns>
    public bool Ensure(Link link, HookMode? mode, bool isEgressWanted)
    {
        lock (_gate)
        {
            return Have(link, mode, isEgressWanted, isLostNow: false);
        }
    }

    /// <summary>The interface is gone, or shall not be used any more.</summary>
    public void Remove(int interfaceIndex)
    {
        lock (_gate)
        {
            Detach(interfaceIndex);
        }
    }

    /// <summary>What an earlier process left on interfaces, or on sides of them, that are not used now.</summary>
    public void RemoveStale()
    {
        var used = _attached.Values.SelectMany(a => a.Parts).Select(p => p.Pin).ToHashSet();
        _pinned.Remove(pin => !used.Contains(pin));
    }

    /// <summary>Takes everything off that is pinned in a directory, whoever attached it.</summary>
    public static void RemovePinned(PinDirectory pins, ILogger logger) => new PinnedAttachments(pins, logger).Remove(static _ => true);

    /// <summary>Takes the programs off every interface.</summary>
    public void Purge()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var index in _attached.Keys)
            {
                Detach(index);
            }

            RemoveStale();
        }
    }

    /// <summary>Lets go of the handles; the attachments stay.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var (link, _) in _attached.Values.SelectMany(a => a.Parts))
            {
                (link as ClsactFilter)?.Keep();
                link.Dispose();
            }

            _attached.Clear();
        }
    }

    private string TcHook => _hasTcx ? AttachmentPin.Tcx : AttachmentPin.Clsact;

    private bool Have(Link link, HookMode? mode, bool isEgressWanted, bool isLostNow)
    {
        if (_isClosed)
        {
            return false;
        }

        if (mode is null && !isEgressWanted)
        {
            Detach(link.Index);
            return true;
        }

        var known = _attached.GetValueOrDefault(link.Index);
        string? problem = "the attempt failed, see the log";
        try
        {
            problem = Complete(known ?? new Attachment(link.Index, link.Name), link, mode, isEgressWanted);
        }
        finally
        {
            Report(link.Index, known);
            Conclude(link, isLostNow, problem);
        }

        return _attached.TryGetValue(link.Index, out var now) && (now.Egress is not null || !isEgressWanted);
    }

    /// <summary>Attaches what is missing.</summary>
    /// <returns>Why something is missing still; null when nothing is.</returns>
    private string? Complete(Attachment attachment, Link link, HookMode? mode, bool isEgressWanted)
    {
        try
        {
            attachment = attachment with { Name = link.Name };
            if (mode is { } wanted && attachment.Ingress is null)
            {
                attachment = AttachIngress(attachment, link, wanted);
                if (attachment.Ingress is not null)
                {
                    _attached[link.Index] = attachment;
                }
            }

            if (isEgressWanted && attachment.Egress is null)
            {
                EgressProgram ??= dataPlane.LoadEgress(options);
                attachment = attachment with { Egress = AttachTc(EgressProgram, link.Index, TrafficDirection.Egress), EgressHook = TcHook };
            }

            if (attachment.Parts.Any())
            {
                _attached[link.Index] = attachment;
            }

            return mode is not null && attachment.Ingress is null ? NoXdpWithBlocks : null;
        }
        catch (EbpfException e)
        {
            if (!IsKnownProblem(link.Index, e.Message) && !_pace.IsFought(link.Index))
            {
                LogAttachFailed(link.Name, _attached.ContainsKey(link.Index) || mode is null ? "egress" : mode.ToString()!, e);
            }

            return e.Message;
        }
    }

    private void Detach(int interfaceIndex)
    {
        if (_attached.TryRemove(interfaceIndex, out var attachment))
        {
            dataPlane.ForbidTransmit(interfaceIndex);
            _blocks.LeaveXdp(interfaceIndex);
            foreach (var (link, pin) in attachment.Parts)
            {
                _pinned.Detach(link, pin);
            }

            LogDetached(attachment.Name);
        }

        ForgetLoss(interfaceIndex);
    }

    private Attachment AttachIngress(Attachment attachment, Link link, HookMode mode)
    {
        if (mode == HookMode.Xdp || (mode == HookMode.Auto && MayHaveNativeXdp(link)))
        {
            if (_blocks.TryUseXdp(link.Index, link.Name))
            {
                try
                {
                    return attachment with { Ingress = AttachXdp(link), Hook = AttachmentPin.Xdp };
                }
                catch (EbpfException e)
                {
                    _blocks.LeaveXdp(link.Index);
                    if (mode != HookMode.Auto)
                    {
                        throw;
                    }

                    LogNoXdp(link.Name, e.Message);
                }
            }
            else if (mode == HookMode.Xdp)
            {
                if (!IsKnownProblem(link.Index, NoXdpWithBlocks))
                {
                    LogNoXdpWithBlocks(link.Name);
                }

                return attachment;
            }
            else
            {
                LogNoXdp(link.Name, "there are services with a block");
            }
        }

        RemoveIngress(link.Index, AttachmentPin.Xdp);
        return attachment with { Ingress = AttachTc(dataPlane.TcProgram, link.Index, TrafficDirection.Ingress), Hook = TcHook };
    }

    /// <summary>A device of its own, not one that software makes up: those have a kind.</summary>
    private static bool MayHaveNativeXdp(Link link) => link.Kind is null && (link.Flags & LinkFlags.Loopback) == 0;

    private IBpfLink AttachXdp(Link link)
    {
        var attached = _pinned.AttachXdp(dataPlane.LoadXdp(options), link.Index);
        dataPlane.AllowTransmit(link.Index);
        if (link.Kind == "veth")
        {
            dataPlane.Maps.SetControlFlag(Shared.ControlNoXdpTx, true);
        }

        RemoveIngress(link.Index, AttachmentPin.Tcx);
        RemoveIngress(link.Index, AttachmentPin.Clsact);
        return attached;
    }

    private IBpfLink AttachTc(BpfProgram program, int interfaceIndex, TrafficDirection direction) =>
        _hasTcx ? _pinned.AttachTcx(program, interfaceIndex, direction) : _pinned.AttachClsact(program, interfaceIndex, direction);

    /// <summary>What an earlier process had on another hook: no packet is to be balanced twice.</summary>
    private void RemoveIngress(int interfaceIndex, string hook) =>
        _pinned.Remove(pin => pin.InterfaceIndex == interfaceIndex && pin.Hook == hook && pin.Direction == TrafficDirection.Ingress);

    private void Report(int interfaceIndex, Attachment? before)
    {
        if (_attached.TryGetValue(interfaceIndex, out var now) && (before is null || before.Parts.Count() < now.Parts.Count()))
        {
            if (!_pace.IsFought(interfaceIndex))
            {
                LogAttached(now.Name, now.Description);
            }

            OnAttached?.Invoke(now.Interface);
        }
    }

    private sealed record Attachment(int Index, string Name)
    {
        public string? Hook { get; init; }

        public IBpfLink? Ingress { get; init; }

        public string? EgressHook { get; init; }

        public IBpfLink? Egress { get; init; }

        public AttachedInterface Interface => new(Index, Name, Hook ?? NoHook, EgressHook);

        public string Description => EgressHook is null ? Hook! : Hook is null ? $"egress {EgressHook}" : $"{Hook}, egress {EgressHook}";

        /// <summary>The way out first: a qdisc is empty when its maker leaves.</summary>
        public IEnumerable<(IBpfLink Link, AttachmentPin Pin)> Parts
        {
            get
            {
                if (Egress is not null)
                {
                    yield return (Egress, PinOf(Egress, EgressHook!, TrafficDirection.Egress));
                }

                if (Ingress is not null)
                {
                    yield return (Ingress, PinOf(Ingress, Hook!, TrafficDirection.Ingress));
                }
            }
        }

        private AttachmentPin PinOf(IBpfLink link, string hook, TrafficDirection direction) =>
            link is ClsactFilter filter ? AttachmentPin.Of(filter) : new AttachmentPin(hook, direction, Index);
    }
}
