using System.Globalization;
using System.Net;
using Loxi.TestKit.Packets;

namespace Loxi.TestKit.Availability;

/// <summary>A host told unasked that it has an address.</summary>
/// <param name="Moment">When, by <see cref="LabClock"/>.</param>
/// <param name="Mac">The MAC address that caches get to know.</param>
/// <param name="SourceMac">The one that the switch learns.</param>
/// <param name="Address">The address.</param>
/// <param name="Kind">How.</param>
public sealed record Announcement(TimeSpan Moment, string Mac, string SourceMac, IPAddress Address, AnnouncementKind Kind)
{
    /// <summary>Reads a frame; null when it announces nothing.</summary>
    public static Announcement? TryRead(ParsedPacket packet, TimeSpan moment)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (ArpMessage.TryRead(packet) is { IsGratuitous: true } arp)
        {
            return new(moment, arp.SenderMac, packet.SourceMac, arp.Sender, arp.IsReply ? AnnouncementKind.ArpReply : AnnouncementKind.ArpRequest);
        }

        return NeighbourAdvertisement.TryRead(packet) is { Solicited: false } advertisement
            ? new(moment, advertisement.Mac, packet.SourceMac, advertisement.Target, advertisement.Override ? AnnouncementKind.Advertisement : AnnouncementKind.AdvertisementWithoutOverride)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Moment.TotalSeconds:f3} {Mac} {Kind} {Address}");
}
