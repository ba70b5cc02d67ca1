using System.Collections.Immutable;
using Loxi.Core.Roles;
using Loxi.Linux;

namespace Loxi.Ha.Announce;

/// <content>What is done between calls, and what other threads say.</content>
internal sealed partial class Worker
{
    /// <summary>Does what is due. Whatever fails, the next turn comes.</summary>
    /// <returns>When it is due.</returns>
    private TimeSpan TakeTurn(AnnouncerCore core)
    {
        try
        {
            if (_system!.Inbox.TryTake(out var claims))
            {
                core.Claimed(claims, Now);
            }

            if (core.Due <= Now)
            {
                core.Tick(Now);
            }

            if (_refreshAt <= Now && TakeChange(core))
            {
                _refreshAt = Now + RefreshGap;
                core.Refresh(Now);
            }
        }
#pragma warning disable CA1031 // A node whose announcer ends goes dark: it goes on, says what failed, and looks at everything again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (e is LinuxException)
            {
                AnnounceLog.NotRead(_logger, e);
            }
            else
            {
                AnnounceLog.Failed(_logger, e);
            }

            Changed(0);
            _refreshAt = Now + RetryGap;
            return core.Due > _refreshAt ? _refreshAt : Later(core.Due);
        }

        lock (_gate)
        {
            return _hasChanged && _refreshAt < core.Due ? _refreshAt : core.Due;
        }
    }

    // What has just failed may be due still.
    private static TimeSpan Later(TimeSpan due) => Now + RefreshGap is var soon && due < soon ? soon : due;

    private bool TakeChange(AnnouncerCore core)
    {
        lock (_gate)
        {
            var hasChanged = _hasChanged;
            _hasChanged = false;
            foreach (var link in _down)
            {
                core.WentDown(link);
            }

            _down.Clear();
            return hasChanged;
        }
    }

    private AnnouncerCore Open()
    {
        if (_core is null)
        {
            var system = open();
            try
            {
                system.Listen(Changed, Heard, (e, what) => AnnounceLog.ListeningEnded(_logger, e, what));
            }
            catch
            {
                system.Dispose();
                throw;
            }

            _system = system;
            _core = new AnnouncerCore(system, _logger, Tell, mark, Tell);

            void Heard(Claim claim)
            {
                if (system.Inbox.Add(claim))
                {
                    lock (_gate)
                    {
                        Wake();
                    }
                }
            }
        }

        return _core;
    }

    private void Changed(int down)
    {
        lock (_gate)
        {
            if (down != 0)
            {
                _down.Add(down);
            }

            if (!_hasChanged)
            {
                _hasChanged = true;
                Wake();
            }
        }
    }

    private void Tell(AddressConflict conflict) => Tell(_subscribers, conflict, conflict.Claim.Address);

    private void Tell(GatewayStatus gateway) => Tell(_gatewaySubscribers, gateway, gateway.Gateway.Address);

    private void Tell<T>(ImmutableList<Action<T>> listeners, T told, System.Net.IPAddress address)
    {
        foreach (var listener in listeners)
        {
            try
            {
                listener(told);
            }
#pragma warning disable CA1031 // The others hear of it all the same.
            catch (Exception e)
#pragma warning restore CA1031
            {
                AnnounceLog.ListenerFailed(_logger, e, address.ToString());
            }
        }
    }
}
