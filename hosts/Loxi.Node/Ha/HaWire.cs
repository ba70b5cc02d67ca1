using Loxi.Api.V1;
using Loxi.Ha.Announce;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;

namespace Loxi.Node.Ha;

/// <summary>Roles and announcements as <c>GET /loxi/v1/ha</c> shows them. Pure.</summary>
internal static class HaWire
{
    public static HaStatus ToWire(HaReading? reading)
    {
        if (reading is not { Roles: var roles })
        {
            return new HaStatus { Source = HaNames.Of(RoleSource.None) };
        }

        var source = roles.Groups.IsEmpty ? RoleSource.None : roles.Groups[0].Source;
        return new HaStatus
        {
            Source = HaNames.Of(source),
            Node = roles.NodeId,
            Authentication = roles.Peers.IsEmpty ? null : HaNames.Of(roles.Authentication),
            RealTime = roles.IsRealTime,
            Drained = reading.IsDrained,
            WouldLose = source == RoleSource.None ? null : HaSyncWire.LossOf(reading),
            Sync = HaSyncWire.Of(reading.Sync),
            Groups = [.. roles.Groups.Select(group => ToWire(group, reading))],
            Peers = [.. roles.Peers.Select(peer => ToWire(peer, roles.Time) with { Sync = HaSyncWire.Of(reading.Sync, peer.NodeId) })],
            Alarms = HaAlarms.Of(reading),
        };
    }

    private static HaGroup ToWire(RoleGroupStatus group, HaReading reading)
    {
        var now = reading.Roles.Time;
        DateTimeOffset WallClock(TimeSpan time) => reading.Time - (now - time);
        var last = group.Transitions.IsEmpty ? default(RoleTransition?) : group.Transitions[^1];
        return new HaGroup
        {
            Name = group.Name,
            Role = HaNames.Of(group.Role),
            Since = last is { } change ? WallClock(change.Time) : null,
            Cause = last is { } why ? HaNames.Of(why.Cause) : null,
            Master = group.Master,
            Term = Text(group.Term),
            Readiness = HaNames.Of(group.Readiness),
            Health = group.Health,
            Pinned = group.Pinned,
            DiffersFrom = [.. group.Differing],
            AliveFor = Left(group.AliveUntil, now),
            AnswersFor = Left(group.AnswerUntil, now),
            Addresses = [.. (reading.Addresses.Groups.FirstOrDefault(g => g.Name == group.Name)?.Addresses ?? []).Select(ToWire)],
            Transitions = [.. group.Transitions.Select(t => new HaTransition
            {
                Time = WallClock(t.Time),
                From = HaNames.Of(t.From),
                To = HaNames.Of(t.To),
                Cause = HaNames.Of(t.Cause),
                Term = Text(t.Term),
                Peer = t.Peer,
            })],
        };
    }

    private static HaAddress ToWire(AnnouncedAddressStatus address) => new()
    {
        Address = address.Declared.Address.ToString(),
        Condition = HaNames.Of(address.Condition),
        Interfaces = address.Interfaces,
        Conflicts = address.Conflicts,
        ClaimedBy = address.LastClaim is { } claim ? $"{claim.Mac} on {claim.Interface}" : null,
        Problem = address.Fault,
    };

    private static HaPeer ToWire(RolePeerStatus peer, TimeSpan now) => new()
    {
        Node = peer.NodeId,
        Heard = peer.IsHeard,
        Authenticated = peer.IsAuthenticated,
        Key = peer.KeyId == 0 ? null : peer.KeyId,
        ClockOffset = peer.ClockOffset is { } offset ? (long)offset.TotalMilliseconds : null,
        Paths = [.. peer.Paths.Select(path => new HaPath
        {
            Address = path.Path.PeerAddress.ToString(),
            Local = path.Path.LocalAddress?.ToString(),
            Interface = path.Path.Interface,
            HeardAgo = path.LastHeard is { } heard ? (long)Math.Max(0, (now - heard).TotalMilliseconds) : null,
            RoundTrip = path.RoundTrip is { } time ? (long)time.TotalMicroseconds : null,
            Received = path.Received,
            Sent = path.Sent,
            Discarded = path.Discarded,
            Problem = path.SendError,
        })],
    };

    private static string Text(ulong number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static long Left(TimeSpan until, TimeSpan now) => until > now ? (long)(until - now).TotalMilliseconds : 0;
}
