using System.Net;
using Loxi.Core.Roles;
using Loxi.Core.Services;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Roles;

/// <summary>The gates and redirects of VIP groups in the table `groups`. Changes take the lock that guards the other tables; a refresh takes none.</summary>
internal sealed partial class RoleGates(NatMaps maps, ServiceTables tables, Lock gate) : IRoleGates
{
    private readonly Dictionary<string, Role> _roles = new(StringComparer.Ordinal);
    private readonly HashSet<IPAddress> _peers = [];
    private volatile Dictionary<string, byte> _gated = new(StringComparer.Ordinal);
    private volatile Dictionary<string, byte> _redirected = new(StringComparer.Ordinal);

    /// <summary>Takes over what an earlier process has set: gates that it kept open close by themselves.</summary>
    public void Adopt()
    {
        var elements = maps.Groups.Span;
        for (var number = 0; number < elements.Length; number++)
        {
            if ((elements[number].Flags & Shared.GroupRedirect) == 0)
            {
                // Prepared, and not begun.
                SetFlag(ref elements[number], RedirectFlags, false);
            }

            var flags = elements[number].Flags;
            if (flags == 0)
            {
                continue;
            }

            if (tables.Groups.NameOf((byte)number) is not { } name)
            {
                elements[number] = default;
                continue;
            }

            var role = RoleOf(name);
            role.IsGated = (flags & Shared.GroupGated) != 0;
            role.IsRedirected = (flags & Shared.GroupRedirect) != 0;
        }

        _peers.UnionWith(tables.Addresses.Peers);
        Publish();
    }

    public void SetGate(string group, bool sharedLink)
    {
        lock (gate)
        {
            var role = RoleOf(Checked(group));
            ref var raw = ref maps.Groups.Span[role.Number];
            if (!role.IsGated)
            {
                Volatile.Write(ref raw.AliveUntil, 0);
                Volatile.Write(ref raw.AnswerUntil, 0);
                Volatile.Write(ref raw.Owner, 0);
                role.IsGated = true;
                Publish();
            }

            SetFlag(ref raw, Shared.GroupL2, sharedLink);
            SetFlag(ref raw, Shared.GroupGated, true);
        }
    }

    public bool Refresh(string group, TimeSpan aliveUntil, TimeSpan answerUntil)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (!_gated.TryGetValue(VipGroups.Resolve(group), out var number))
        {
            return false;
        }

        ref var raw = ref maps.Groups.Span[number];
        Volatile.Write(ref raw.AliveUntil, ToNanoseconds(aliveUntil));
        Volatile.Write(ref raw.AnswerUntil, ToNanoseconds(answerUntil));
        return true;
    }

    public void SetOwner(string group, ulong term, ushort node)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (_gated.TryGetValue(VipGroups.Resolve(group), out var number))
        {
            var noted = node > GateOwner.GreatestNode ? 0 : GateOwner.NotedOf(term);
            Volatile.Write(ref maps.Groups.Span[number].Owner, noted == 0 ? 0 : noted | ((uint)node << GateOwner.TermBits));
        }
    }

    public GateOwner? ReadOwner(string group)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (!_gated.TryGetValue(VipGroups.Resolve(group), out var number))
        {
            return null;
        }

        ref var raw = ref maps.Groups.Span[number];
        var owner = Volatile.Read(ref raw.Owner);
        var answerUntil = Math.Min(Volatile.Read(ref raw.AnswerUntil), long.MaxValue) / TimeSpan.NanosecondsPerTick;
        return owner == 0 ? null : new GateOwner(GateOwner.NotedOf(owner), (ushort)(owner >> GateOwner.TermBits), TimeSpan.FromTicks((long)answerUntil));
    }

    public void RemoveGate(string group)
    {
        lock (gate)
        {
            group = Checked(group);
            if (_roles.TryGetValue(group, out var role) && role.IsGated)
            {
                ref var raw = ref maps.Groups.Span[role.Number];
                SetFlag(ref raw, Shared.GroupGated | Shared.GroupL2, false);
                role.IsGated = false;
                Leave(group, role);
            }
        }
    }

    public void SetPeers(IEnumerable<IPAddress> addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        var wanted = addresses.ToHashSet();
        if (wanted.FirstOrDefault(static a => !AddressRules.IsUsable(a)) is { } wrong)
        {
            throw new ArgumentException($"Peer {wrong}: expected {AddressRules.Usable}.", nameof(addresses));
        }

        lock (gate)
        {
            foreach (var address in wanted.Where(a => !_peers.Contains(a)))
            {
                tables.Addresses.SetPeer(address, true);
            }

            foreach (var address in _peers.Where(a => !wanted.Contains(a)))
            {
                tables.Addresses.SetPeer(address, false);
            }

            _peers.Clear();
            _peers.UnionWith(wanted);
            Publish();
        }
    }

    private Role RoleOf(string group)
    {
        if (!_roles.TryGetValue(group, out var role))
        {
            try
            {
                role = new Role(tables.Groups.Take(group));
            }
            catch (TableFullException e)
            {
                throw new ArgumentException($"VIP group '{group}': {e.Message}", nameof(group), e);
            }

            _roles.Add(group, role);
        }

        return role;
    }

    private void Leave(string group, Role role)
    {
        if (!role.IsGated && !role.IsRedirected)
        {
            _roles.Remove(group);
            maps.Groups.Span[role.Number] = default;
            tables.Groups.Release(group);
        }

        Publish();
    }

    /// <summary>The bits of the control word, and who may be refreshed.</summary>
    private void Publish()
    {
        _gated = _roles.Where(static r => r.Value.IsGated).ToDictionary(static r => r.Key, static r => r.Value.Number, StringComparer.Ordinal);
        _redirected = _roles.Where(static r => r.Value.IsRedirected).ToDictionary(static r => r.Key, static r => r.Value.Number, StringComparer.Ordinal);
        maps.SetControlFlag(Shared.ControlGates, _gated.Count > 0);
        maps.SetControlFlag(Shared.ControlRedirect, _redirected.Count > 0);
        maps.SetControlFlag(Shared.ControlPeers, _peers.Count > 0);
    }

    private static void SetFlag(ref RawGroup raw, int flag, bool on)
    {
        if (on)
        {
            Interlocked.Or(ref raw.Flags, (uint)flag);
        }
        else
        {
            Interlocked.And(ref raw.Flags, ~(uint)flag);
        }
    }

    private static ulong ToNanoseconds(TimeSpan moment) =>
        moment <= TimeSpan.Zero ? 0 : moment.Ticks > long.MaxValue / 100 ? long.MaxValue : (ulong)moment.Ticks * 100;

    private static string Checked(string group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return NameRules.IsValid(group) ? VipGroups.Resolve(group) : throw new ArgumentException($"VIP group '{group}': expected {NameRules.Expected}.", nameof(group));
    }

    private sealed class Role(byte number)
    {
        public byte Number { get; } = number;

        public bool IsGated { get; set; }

        public bool IsRedirected { get; set; }
    }
}
