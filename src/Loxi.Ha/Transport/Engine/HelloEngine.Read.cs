using System.Collections.Frozen;
using System.Collections.Immutable;
using Loxi.Ha.Roles;
using Loxi.Linux;

namespace Loxi.Ha.Transport.Engine;

/// <content>What there is to see.</content>
internal sealed partial class HelloEngine
{
    public RoleSpeakerStatus Read(TimeSpan now) => new()
    {
        Time = now,
        NodeId = _nodeId,
        Incarnation = _incarnation,
        Authentication = _settings?.Authentication.Mode ?? HelloAuthenticationMode.Bootstrap,
        IsRealTime = IsRealTime,
        Groups = [.. _groups.Select(group => Read(group, now))],
        Peers = [.. _peers.Select(peer => Read(peer, now))],
        Discards = Enum.GetValues<HelloDiscardReason>().Where(static r => r != HelloDiscardReason.None).ToFrozenDictionary(static r => r, r => Counters.Discards[(int)r]),
        Received = Counters.Received,
        Sent = Counters.Sent,
        SendErrors = Counters.SendErrors,
        Lost = Counters.Lost,
        Unread = Counters.Unread,
        UnknownGroups = Counters.UnknownGroups,
        Wakes = Counters.Wakes,
        LateWakes = Counters.LateWakes,
        GreatestLateness = ToTime(Counters.GreatestLateness),
    };

    private RoleGroupStatus Read(GroupRun group, TimeSpan now)
    {
        var core = group.Core;
        EndAlarms(group, now);
        return new RoleGroupStatus
        {
            Name = group.Name,
            Role = core.Role,
            Source = core.Source,
            Term = core.Term,
            Announces = core.Announces,
            Master = core.Role == HelloRole.Master ? _nodeId : FindMaster(core, now),
            Readiness = core.Readiness,
            Health = core.Health,
            Pinned = core.Pinned,
            Withheld = core.Withheld,
            Differing = FindDiffering(core, now),
            Peers = ReadPeers(core, now),
            AliveUntil = group.AliveUntil,
            AnswerUntil = group.AnswerUntil,
            HeldUntil = core.HeldUntil,
            Transitions = [.. group.History],
            Alarms = group.Alarms.Read(),
        };
    }

    /// <summary>Of those that are heard to serve the one with the greatest term.</summary>
    private static ushort? FindMaster(RoleCore core, TimeSpan now)
    {
        var heard = core.HeardPeers(now);
        PeerState? best = null;
        foreach (ref readonly var peer in core.PeerStates)
        {
            if (peer.Role == HelloRole.Master && heard.Contains(peer.Id) && (best is not { } b || peer.Term > b.Term))
            {
                best = peer;
            }
        }

        return best?.Id;
    }

    private static ImmutableArray<ushort> FindDiffering(RoleCore core, TimeSpan now)
    {
        var heard = core.HeardPeers(now);
        var differing = ImmutableArray.CreateBuilder<ushort>();
        foreach (ref readonly var peer in core.PeerStates)
        {
            if (peer.ConfigDiffers && heard.Contains(peer.Id))
            {
                differing.Add(peer.Id);
            }
        }

        return differing.DrainToImmutable();
    }

    private static ImmutableArray<RoleGroupPeer> ReadPeers(RoleCore core, TimeSpan now)
    {
        var heard = core.HeardPeers(now);
        var peers = ImmutableArray.CreateBuilder<RoleGroupPeer>();
        foreach (ref readonly var peer in core.PeerStates)
        {
            peers.Add(new RoleGroupPeer(peer.Id, heard.Contains(peer.Id), peer.HearsUs, peer.Role, peer.Readiness, peer.Health, peer.Priority, peer.Pinned));
        }

        return peers.DrainToImmutable();
    }

    private RolePeerStatus Read(HelloPeer peer, TimeSpan now)
    {
        var deadMan = _settings!.Interval * _settings.Multiplier;
        return new RolePeerStatus(
            peer.Id,
            peer.Incarnation,
            peer.Paths.Exists(path => path.LastHeard is { } last && last + deadMan > now),
            peer.IsAuthenticated,
            [.. peer.Paths.Select(static p => new RolePathStatus(p.Settings, p.LastHeard, p.RoundTrip, p.Received, p.Sent, Sum(p.Discards), p.SendErrors, p.SendError == 0 ? null : Errno.Describe(p.SendError)))])
        {
            KeyId = peer.KeyId,
            ClockOffset = peer.ClockOffset,
        };
    }

    private static long Sum(ReadOnlySpan<long> numbers)
    {
        long sum = 0;
        foreach (var number in numbers)
        {
            sum += number;
        }

        return sum;
    }
}
