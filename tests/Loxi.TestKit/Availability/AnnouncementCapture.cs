using Loxi.TestKit.Capture;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Availability;

/// <summary>Every gratuitous ARP and unsolicited neighbour advertisement that reaches a host, or leaves it.</summary>
public sealed class AnnouncementCapture : IDisposable
{
    private readonly List<Announcement> _all = [];
    private readonly Lock _gate = new();
    private readonly PacketCapture _capture;

    private AnnouncementCapture(LabHost host, string device) => _capture = host.Capture(device, packet =>
    {
        if (Announcement.TryRead(packet, packet.Moment) is not { } announcement)
        {
            return false;
        }

        lock (_gate)
        {
            _all.Add(announcement);
        }

        return true;
    });

    /// <summary>All so far, in the order in which they came.</summary>
    public IReadOnlyList<Announcement> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>Frames that were not seen; who says that there was none asserts 0.</summary>
    public int Dropped => _capture.Dropped;

    public static AnnouncementCapture Start(LabHost host, string device) => new(host, device);

    /// <summary>Those of one MAC address since a moment.</summary>
    public IReadOnlyList<Announcement> Of(string mac, TimeSpan since) => [.. All.Where(announcement => announcement.Mac == mac && announcement.Moment >= since)];

    /// <summary>Waits for one, among those already seen or to come.</summary>
    /// <exception cref="TimeoutException">None came in time.</exception>
    public async Task<Announcement> WaitForAsync(Func<Announcement, bool> predicate, string what, TimeSpan? timeout = null)
    {
        var packet = await _capture.WaitForAsync(packet => predicate(Announcement.TryRead(packet, packet.Moment)!), what, timeout);
        return Announcement.TryRead(packet, packet.Moment)!;
    }

    public void Dispose() => _capture.Dispose();
}
