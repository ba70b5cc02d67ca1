using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Loxi.Ha.Roles;

namespace Loxi.Sim.Checking;

/// <content>A number for each normal form.</content>
internal sealed partial class Model
{
    /// <summary>128 bits of all that a normal form says: call <see cref="Normalise"/> first.</summary>
    public UInt128 Hash()
    {
        var key = _scratch.Key;
        key.Clear();
        key.Add(Links);
        foreach (ref readonly var node in _nodes.AsSpan())
        {
            key.Add((node.Core is null ? 2L : node.Paused ? 1 : 0) | Bit(node.Fault, 2) | Bit(node.DiskFails, 3) | Bit(node.UnwrittenTerm, 4) | Bit(node.TermWritten, 5) | ((long)node.Incarnation << 8));
            key.Add((long)node.Ceiling | ((long)node.LastTerm << 32));
            if (node.PinnedTerm > 0)
            {
                key.Add((long)node.PinnedTerm | (Half(node.PinnedUntil) << 32));
            }

            if (node.Core is { } core)
            {
                AddOwn(key, core);
                AddPeers(key, core);
                AddWaiting(key, node);
            }
        }

        ulong a = 0x9E3779B97F4A7C15, b = 0xC2B2AE3D27D4EB4F;
        foreach (var value in CollectionsMarshal.AsSpan(key))
        {
            a = Math.BigMul(a ^ (ulong)value, 0xD6E8FEB86659FD93, out var low) ^ low;
            b = ulong.RotateLeft((b + (ulong)value) * 0x9FB21C651E98DF25, 29) ^ (b >> 31);
        }

        return new UInt128(a, b);
    }

    private static void AddOwn(List<long> key, RoleCore core)
    {
        ref readonly var s = ref core.State;
        key.Add((long)s.Role | ((long)s.Readiness << 4) | Bit(s.Announces, 8) | Bit(s.Holding, 9) | Bit(s.NoMaster, 10) | Bit(s.Taking, 11) | Bit(s.Probing, 12) | Bit(s.ProbeSilent, 13)
            | ((long)s.ProbeCause << 16) | ((long)s.ResignsLeft << 24) | ((long)s.Handover << 32) | Bit(s.Alarms != 0, 34) | Bit(s.Stopping, 35) | (((s.Heir + 1L) ?? 0) << 36));
        key.Add(s.Faults.Length);
        foreach (var fault in s.Faults)
        {
            key.Add((uint)fault.Id | Bit(fault.Down, 32) | Bit(fault.Counts, 33));
        }

        // Two times, of at most a few thousand half intervals, in a number.
        key.Add(Half(s.LastStep) | (Half(s.WindowsFrom) << 32));
        key.Add(Half(s.AnswerUntil) | (Half(s.ListenUntil) << 32));
        key.Add(Half(s.NoMasterSince) | (Half(s.MissingSince) << 32));
        key.Add(Half(s.TakeAt) | (Half(s.ResignAt) << 32));
        key.Add(Half(s.ProbeUntil) | (Half(s.ProbeAgainAt) << 32));
        key.Add((long)s.Term | ((long)s.Seen << 32));
        key.Add((long)s.Floor | ((long)s.Ceiling << 32));
    }

    private static void AddPeers(List<long> key, RoleCore core)
    {
        foreach (ref readonly var p in core.PeerStates)
        {
            key.Add((long)p.Role | ((long)p.Readiness << 4) | ((long)p.Health << 8) | Bit(p.Known, 16) | Bit(p.HearsUs, 17) | ((long)p.DeafHellos << 24) | ((long)p.Incarnation << 32));
            key.Add((long)p.Term | (Half(p.At) << 32));
            AddReports(key, p.Masters);
        }
    }

    private void AddWaiting(List<long> key, in Node node)
    {
        for (var j = 0; node.Waits && j < Count; j++)
        {
            if (node.Waiting[j] is not { } hello)
            {
                key.Add(-1);
                continue;
            }

            key.Add((long)hello.Role | ((long)hello.Readiness << 4) | ((long)hello.Health << 8) | Bit(hello.Heard.Length > 0, 16) | (((hello.HandsOverTo + 1L) ?? 0) << 20) | ((long)hello.Incarnation << 32));
            key.Add((long)hello.Term | (Half(node.WaitingAt[j]) << 32));
            AddReports(key, hello.Masters);
        }
    }

    private static void AddReports(List<long> key, ImmutableArray<HeardMaster> masters)
    {
        key.Add(masters.Length);
        foreach (var master in masters)
        {
            key.Add(master.NodeId | ((long)master.Term << 16) | (Half(master.Age) << 48));
        }
    }

    private static long Bit(bool value, int at) => value ? 1L << at : 0;

    private static long Half(TimeSpan time) => time.Ticks / (Round.Ticks / 2);
}
