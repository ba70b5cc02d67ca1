using System.Collections.Immutable;

namespace Loxi.Ha.Announce;

/// <content>What is told of it all.</content>
internal sealed partial class AnnouncerCore
{
    private long _arpFrames, _advertisementFrames, _probeFrames, _sendErrors, _addressesAdded, _addressesRemoved, _addressErrors, _conflicts, _defences;
    private int _lastBatchFrames;
    private TimeSpan _lastBatchDuration;

    internal AnnouncerStatus Status(long claimsLost) => new(
        [.. _groups.Values.OrderBy(static g => g.Name, StringComparer.Ordinal).Select(StatusOf)],
        new AnnouncerCounters
        {
            ArpFrames = _arpFrames,
            AdvertisementFrames = _advertisementFrames,
            ProbeFrames = _probeFrames,
            SendErrors = _sendErrors,
            AddressesAdded = _addressesAdded,
            AddressesRemoved = _addressesRemoved,
            AddressErrors = _addressErrors,
            Conflicts = _conflicts,
            Defences = _defences,
            ClaimsLost = claimsLost,
            LastBatchFrames = _lastBatchFrames,
            LastBatchDuration = _lastBatchDuration,
            GatewayFrames = _gatewayFrames,
        })
    {
        Gateways = [.. _gateways.Select(static g => g.Status)],
    };

    private AnnouncedGroupStatus StatusOf(GroupState group) => new(group.Name, group.IsMaster, [.. group.Addresses.Select(address =>
    {
        var condition = address.ConditionAs(group.IsMaster);
        var announces = group.IsMaster && Speaks(address);
        return new AnnouncedAddressStatus(
            address.Declared,
            condition,
            address.Fault ?? WarningOf(address, announces),
            announces ? [.. address.Links.Select(_view.NameOf)] : ImmutableArray<string>.Empty,
            address.Announcements,
            address.Conflicts.Total,
            address.LastClaim)
        {
            ConflictSince = group.IsMaster ? address.ConflictSince : null,
        };
    })]);

    private string? WarningOf(AddressState address, bool announces)
    {
        if (!announces)
        {
            return address.OtherPlace is { } place ? $"on {place} by somebody else's hand: the kernel answers for it, though this node does not announce it" : null;
        }

        if (address.Links.Length == 0)
        {
            return "no link with neighbours has its subnet or the way to it: announced nowhere";
        }

        return SilentLinkOf(address) is { } link ? $"arp_ignore of {link} keeps the kernel from answering for an address on {address.OtherPlace ?? address.Declared.Interface}" : null;
    }
}
