using System.Net.Sockets;
using Loxi.Core.Roles;
using Loxi.Ha.Announce.Wire;
using Loxi.Linux;

namespace Loxi.Ha.Announce;

/// <content>Announcements.</content>
internal sealed partial class AnnouncerCore
{
    private TimeSpan _retryAt;
    private TimeSpan _readAt;

    /// <summary>When <see cref="Tick"/> is due; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    internal TimeSpan Due
    {
        get
        {
            var due = _hasFaults ? _retryAt : TimeSpan.MaxValue;
            foreach (var group in _groups.Values)
            {
                if (group.IsMaster)
                {
                    due = group.Due < due ? group.Due : due;
                    due = _readAt < due ? _readAt : due;
                }
            }

            foreach (var probe in _probes)
            {
                due = probe.Due < due ? probe.Due : due;
            }

            return Min(due, Min(ContestsDue, GatewaysDue));
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>Does what is due.</summary>
    internal void Tick(TimeSpan now)
    {
        // First what needs only sockets: reading may fail.
        Announce(now);
        Probe(now);
        AskGateways(now);
        AskContests(now);
        if ((_hasFaults && now >= _retryAt) || (now >= _readAt && _groups.Values.Any(static g => g.IsMaster)))
        {
            Refresh(now);
        }
    }

    private void Announce(TimeSpan now)
    {
        var queued = false;
        foreach (var group in _groups.Values)
        {
            if (!group.IsMaster || now < group.Due)
            {
                continue;
            }

            group.Number = AnnounceSchedule.NextAfter(group.Number, now - group.Started);
            foreach (var address in group.Addresses)
            {
                queued |= Queue(address);
            }
        }

        if (queued)
        {
            Flush();
        }
    }

    private bool Queue(AddressState address)
    {
        if (!Speaks(address))
        {
            return false;
        }

        var queued = false;
        foreach (var link in address.Links)
        {
            if (_view.IsUp(link))
            {
                QueueOn(link, address);
                address.Announcements++;
                queued = true;
            }
        }

        return queued;
    }

    private static bool Speaks(AddressState address) =>
        address.IsOnLinks && !address.IsWithheld && (address.Declared.Placement != AddressPlacement.Interface || address.IsInPlace);

    private void QueueOn(int link, AddressState address)
    {
        Span<byte> frame = stackalloc byte[NeighbourFrame.Size];
        Span<byte> mac = stackalloc byte[LinkLayerAddress.MaxLength];
        Span<byte> bytes = stackalloc byte[16];
        mac = mac[.._view.Find(link)!.HardwareAddress.CopyTo(mac)];
        bytes = bytes[..address.Value.CopyTo(bytes)];
        if (address.Value.Family == AddressFamily.InterNetwork)
        {
            _system.Queue(link, frame[..ArpFrame.WriteAnnouncement(frame, mac, bytes)]);
            _system.Queue(link, frame[..ArpFrame.WriteReply(frame, mac, bytes)]);
            _arpFrames += 2;
        }
        else
        {
            _system.Queue(link, frame[..NeighbourFrame.WriteAdvertisement(frame, mac, bytes, _view.IsRouter(link))]);
            _advertisementFrames++;
        }
    }

    private void Flush(bool isAnnouncement = true)
    {
        var (sent, failed, error) = _system.Flush();
        (_lastBatchFrames, _lastBatchDuration) = isAnnouncement ? (sent, _system.LastBatch) : (_lastBatchFrames, _lastBatchDuration);
        _sendErrors += failed;
        if (failed > 0)
        {
            AnnounceLog.SendFailed(_logger, failed, Explain(error));
        }
    }
}
