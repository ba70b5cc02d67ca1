using System.Collections.Immutable;
using Loxi.Api.V1;
using Loxi.Ha.Announce;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;

namespace Loxi.Node.Ha;

/// <summary>All that is wrong with nodes that share addresses and is not over: of roles, of HELLOs, of addresses on links, of the node. Pure.</summary>
internal static class HaAlarms
{
    /// <summary>Another host says that it has an address that this node serves.</summary>
    public const string AddressConflict = "address-conflict";

    /// <summary>An interface of VIPs has no carrier or is gone.</summary>
    public const string LinkLost = "link-lost";

    /// <summary>A gateway does not answer.</summary>
    public const string GatewayLost = "gateway-lost";

    /// <summary>Somebody took the programs off an interface.</summary>
    public const string DataPlaneLost = "data-plane-lost";

    /// <summary>All names.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        .. Enum.GetValues<RoleAlarm>().Select(HaNames.Of)
            .Concat(Enum.GetValues<HelloAlarm>().Where(static a => a is not (HelloAlarm.Late or HelloAlarm.Overflow)).Select(HaNames.Of))
            .Append(AddressConflict).Append(LinkLost).Append(GatewayLost).Append(DataPlaneLost).Distinct().Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyList<HaAlarm> Of(HaReading reading)
    {
        DateTimeOffset WallClock(TimeSpan time) => reading.Time - (reading.Roles.Time - time);
        return
        [
            .. reading.Roles.Groups.SelectMany(group => group.Alarms.SelectMany(alarm => OfRole(group, alarm, reading, WallClock))),
            .. reading.Roles.Alarms.Select(alarm => new HaAlarm { Name = HaNames.Of(alarm.Alarm), Node = alarm.Peer, Since = WallClock(alarm.Since), Count = alarm.Count, Text = alarm.Text }),
            .. reading.Addresses.Groups.SelectMany(group => group.Addresses.Where(static a => a.ConflictSince is not null).Select(address => OfConflict(group, address, WallClock))),
            .. reading.Faults.Select(fault => new HaAlarm { Name = fault.Name, Group = fault.Group, Address = fault.Address?.ToString(), Since = WallClock(fault.Since), Count = fault.Count, Text = fault.Text }),
        ];
    }

    private static HaAlarm OfConflict(AnnouncedGroupStatus group, AnnouncedAddressStatus address, Func<TimeSpan, DateTimeOffset> wallClock) => new()
    {
        Name = AddressConflict,
        Group = group.Name,
        Address = address.Declared.Address.ToString(),
        Since = wallClock(address.ConflictSince!.Value),
        Count = address.Conflicts,
        Text = $"another host has the address too: {(address.LastClaim is { } claim ? $"{claim.Mac} on {claim.Interface}" : "unknown")}; this node defends it",
    };

    private static IEnumerable<HaAlarm> OfRole(RoleGroupStatus group, RoleAlarmStatus alarm, HaReading reading, Func<TimeSpan, DateTimeOffset> wallClock)
    {
        var one = new HaAlarm { Name = HaNames.Of(alarm.Alarm), Group = group.Name, Node = alarm.Peer, Since = wallClock(alarm.Since), Count = alarm.Count, Text = TextOf(group, alarm, reading) };
        return alarm.Alarm == RoleAlarm.VipClaimed && !group.Withheld.IsEmpty ? group.Withheld.Select(vip => one with { Address = vip.ToString() }) : [one];
    }

    private static string TextOf(RoleGroupStatus group, RoleAlarmStatus alarm, HaReading reading) => alarm.Alarm switch
    {
        RoleAlarm.VipClaimed => "another host answers for the address: it is not taken, and asked for again every 5 s",
        RoleAlarm.VipProbeFailed => "nobody could ask on the links whether the addresses are in use; they were taken",
        RoleAlarm.TermNotDurable => "the role was taken with a term that is not on disk: a restart may use it again",
        RoleAlarm.TermsMissing => "the role waits for the disk, where its term cannot be written",
        RoleAlarm.PathSilent => $"a path to node {alarm.Peer} is silent, though the node is heard on another",
        RoleAlarm.SignalsDisagree => $"BFD and HELLO disagree about a path to node {alarm.Peer}",
        RoleAlarm.ConfigDiffers => $"node {alarm.Peer} has other services or pools",
        RoleAlarm.FaultWithoutBackup => $"this node serves with a fault{FaultsOf(reading)}, and hears no healthier one that is ready",
        RoleAlarm.SwitchoverFailed => "a switchover that was asked for did not come about",
        RoleAlarm.Damped => $"a change of role by choice waits {Math.Max(0, (group.HeldUntil - reading.Roles.Time).TotalSeconds):0} s, after too many changes",
        RoleAlarm.DuplicateNodeId => "another node has the number of this one: expected another --self on each node",
        RoleAlarm.NotReady => "this node serves without its services",
        _ => HaNames.Of(alarm.Alarm),
    };

    private static string FaultsOf(HaReading reading) => reading.Faults.IsEmpty ? "" : $" ({string.Join("; ", reading.Faults.Select(static f => f.Text).Distinct())})";
}
