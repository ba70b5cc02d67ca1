using Loxi.Core.Roles;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Roles;

/// <content>Where packets of a group go that another node serves.</content>
internal sealed partial class RoleGates
{
    private const int RedirectFlags = Shared.GroupRedirect | Shared.GroupKeeps | Shared.GroupBegins | Shared.GroupPrepared;

    public void SetRedirect(string group, PeerRedirect? redirect)
    {
        lock (gate)
        {
            group = Checked(group);
            if (redirect is null)
            {
                if (_roles.TryGetValue(group, out var former) && former.IsRedirected)
                {
                    SetFlag(ref maps.Groups.Span[former.Number], RedirectFlags, false);
                    former.IsRedirected = false;
                    Leave(group, former);
                }

                return;
            }

            Prepare(group, redirect);
            BeginRedirect(group);
        }
    }

    public void PrepareRedirect(string group, PeerRedirect redirect)
    {
        ArgumentNullException.ThrowIfNull(redirect);
        lock (gate)
        {
            Prepare(Checked(group), redirect);
        }
    }

    public bool BeginRedirect(string group)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (!_redirected.TryGetValue(VipGroups.Resolve(group), out var number))
        {
            return false;
        }

        // Without the lock, on the thread of the roles: one that is taken back meanwhile does not begin.
        ref var flags = ref maps.Groups.Span[number].Flags;
        for (var seen = Volatile.Read(ref flags); (seen & Shared.GroupPrepared) != 0;)
        {
            var found = Interlocked.CompareExchange(ref flags, seen | Shared.GroupRedirect, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    public TimeSpan? ReadRedirectSilence(string group) =>
        _redirected.TryGetValue(Checked(group), out var number) && Volatile.Read(ref maps.Groups.Span[number].Used) is not 0 and var used ? FlowClock.Since(used, FlowClock.Now) : null;

    private void Prepare(string group, PeerRedirect redirect)
    {
        var role = RoleOf(group);
        ref var raw = ref maps.Groups.Span[role.Number];
        // Nobody follows it while it is half another one.
        SetFlag(ref raw, RedirectFlags, false);
        Fill(ref raw, redirect);
        Volatile.Write(ref raw.Used, 0);
        SetFlag(ref raw, FlagsOf(redirect.Scope) | Shared.GroupPrepared, true);
        role.IsRedirected = true;
        Publish();
    }

    private static int FlagsOf(RedirectScope scope) => scope switch
    {
        RedirectScope.Beginning => Shared.GroupKeeps,
        RedirectScope.Unknown => Shared.GroupKeeps | Shared.GroupBegins,
        _ => 0,
    };

    private static void Fill(ref RawGroup raw, PeerRedirect redirect)
    {
        raw.PeerIfindex = (uint)redirect.InterfaceIndex;
        (raw.PeerMac, raw.OwnMac) = (default, default);
        redirect.PeerMac?.GetAddressBytes().CopyTo(raw.PeerMac);
        redirect.OwnMac?.GetAddressBytes().CopyTo(raw.OwnMac);
        (raw.PeerAddr4, raw.OwnAddr4, raw.PeerAddr6, raw.OwnAddr6) = (default, default, default, default);
        redirect.PeerAddress4?.TryWriteBytes(raw.PeerAddr4, out _);
        redirect.OwnAddress4?.TryWriteBytes(raw.OwnAddr4, out _);
        redirect.PeerAddress6?.TryWriteBytes(raw.PeerAddr6, out _);
        redirect.OwnAddress6?.TryWriteBytes(raw.OwnAddr6, out _);
    }
}
