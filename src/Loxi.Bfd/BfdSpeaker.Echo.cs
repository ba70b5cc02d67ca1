using System.Collections.Immutable;
using System.Net.Sockets;
using Loxi.Bfd.Transport;
using Loxi.Core;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Linux.Processes;

namespace Loxi.Bfd;

/// <content>Echo packets: their port, and their way over the link.</content>
public sealed partial class BfdSpeaker
{
    private const int LooksBetweenRefreshes = 10;
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);

    private readonly List<EchoPort> _echoPorts = [];
    private readonly Dictionary<EngineSession, EchoPath> _echoPaths = [];
    private ITimer? _echoTimer;
    private int _looks;

    private static bool Sends(BfdSessionSettings settings) => settings.Kind == BfdSessionKind.UnaffiliatedEcho || settings.DesiredMinEchoTxInterval != TimeSpan.Zero;

    private static bool UsesEcho(BfdSessionSettings settings) => Sends(settings) || settings.RequiredMinEchoRxInterval != TimeSpan.Zero;

    private void PrepareEchoes(BfdSessionSettings[] desired, EnginePlan plan, ImmutableArray<Problem>.Builder problems)
    {
        var mayOpenLinks = Array.TrueForAll(desired, static s => !Sends(s)) || CapabilitySet.ReadEffective().Has(Capability.NetRaw);
        for (var i = 0; i < desired.Length; i++)
        {
            if (Sends(desired[i]) && !mayOpenLinks)
            {
                problems.Add((desired[i].Kind == BfdSessionKind.UnaffiliatedEcho
                    ? Problem.Of(BfdSessionFields.Kind, desired[i].Kind, "another kind, because CAP_NET_RAW is missing")
                    : Problem.Of(BfdSessionFields.DesiredMinEchoTxInterval, desired[i].DesiredMinEchoTxInterval, "0, because CAP_NET_RAW is missing")).Within($"sessions[{i}]."));
            }
        }

        // Also for the sessions that only send: without a socket the kernel would answer what comes back with an ICMP error.
        var families = desired.Where(UsesEcho).Select(static s => s.PeerAddress.AddressFamily).ToHashSet();
        plan.ClosedEchoPorts.AddRange(_echoPorts.Where(p => !families.Contains(p.Family)));
        foreach (var family in families.Where(f => !_echoPorts.Exists(p => p.Family == f)))
        {
            OpenEchoPort(family, plan, problems);
        }
    }

    private static void OpenEchoPort(AddressFamily family, EnginePlan plan, ImmutableArray<Problem>.Builder problems)
    {
        try
        {
            plan.NewEchoPorts.Add(EchoPort.Open(family));
        }
        catch (LinuxException e) when (e.ErrorNumber == Errno.EADDRINUSE)
        {
            AddPortProblem(EchoFrame.Port, family, problems);
        }
    }

    private void RememberEchoes(EnginePlan plan)
    {
        _echoPorts.AddRange(plan.NewEchoPorts);
        foreach (var port in plan.ClosedEchoPorts)
        {
            _echoPorts.Remove(port);
            port.Dispose();
        }

        plan.ClosedEchoLinks.ForEach(static link => link.Dispose());
        plan.Removed.ForEach(session => _echoPaths.Remove(session));
    }

    /// <summary>Looks for the way of echo packets at once, and from time to time while there are sessions that send them.</summary>
    private void FollowEchoes()
    {
        if (!_sessions.Values.Any(static s => Sends(s.Settings)))
        {
            _echoTimer?.Dispose();
            _echoTimer = null;
            return;
        }

        Volatile.Write(ref _looks, 0);
        _echoTimer ??= _time.CreateTimer(static speaker => _ = ((BfdSpeaker)speaker!).LookForEchoPathsAsync(), this, TimeSpan.Zero, LookPeriod);
    }

    /// <summary>Echo packets do not come back: perhaps the peer has another hardware address.</summary>
    private void DoubtEchoPaths()
    {
        Volatile.Write(ref _looks, 0);
        _ = LookForEchoPathsAsync();
    }

    private async Task LookForEchoPathsAsync()
    {
        await _applying.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_isDisposed && _engine is { } engine)
            {
                var isRefresh = Interlocked.Increment(ref _looks) % LooksBetweenRefreshes == 1;
                foreach (var (settings, session) in _sessions.Values.Where(s => Sends(s.Settings) && (isRefresh || !_echoPaths.ContainsKey(s.Session))).ToArray())
                {
                    await LookForEchoPathAsync(engine, settings, session).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is LinuxException or ObjectDisposedException)
        {
            LogEchoLookFailed(e);
        }
        finally
        {
            _applying.Release();
        }
    }

    private async Task LookForEchoPathAsync(BfdEngine engine, BfdSessionSettings settings, EngineSession session)
    {
        var path = FindEchoPath(settings, session);
        if (path == _echoPaths.GetValueOrDefault(session))
        {
            return;
        }

        EchoLink? opened = null;
        if (path is not null && !_echoPaths.Values.Any(p => p.InterfaceIndex == path.InterfaceIndex))
        {
            opened = _options.NetworkNamespace is { } other ? other.Run(() => EchoLink.Open(path.InterfaceIndex)) : EchoLink.Open(path.InterfaceIndex);
        }

        IReadOnlyList<EchoLink> unused;
        try
        {
            unused = await engine.PostAsync((e, now) => e.SetEchoPath(session, path, opened, now)).ConfigureAwait(false);
        }
        catch
        {
            opened?.Dispose();
            throw;
        }

        foreach (var link in unused)
        {
            link.Dispose();
        }

        if (path is null)
        {
            _echoPaths.Remove(session);
            LogEchoPathLost(session.Key);
        }
        else
        {
            _echoPaths[session] = path;
            LogEchoPathFound(session.Key, path.Own, path.Peer, path.InterfaceIndex);
        }
    }

    /// <summary>The peer is a neighbour on an Ethernet link: there is no echo over more than one hop (RFC 5881 4).</summary>
    private EchoPath? FindEchoPath(BfdSessionSettings settings, EngineSession session)
    {
        using var client = new RtnetlinkClient(_options.NetworkNamespace);
        try
        {
            InternetAddress peer = settings.PeerAddress;
            var own = settings.LocalAddress is null ? default : InternetAddress.FromIPAddress(settings.LocalAddress);
            var route = client.LookupRoute(peer, own, session.InterfaceIndex);
            own = own.IsNone ? route.PreferredSource : own;
            if (!route.Gateway.IsNone || own.IsNone || client.GetLink(route.OutputInterface).HardwareAddress is not { Length: 6 } source)
            {
                return null;
            }

            if (client.TryGetNeighbour(route.OutputInterface, peer, out var neighbour) && neighbour.IsUsable)
            {
                return new EchoPath(route.OutputInterface, source, neighbour.LinkLayerAddress, own);
            }

            // An entry that was not used for long goes, and nothing but these packets may use it: the old way serves until the kernel has asked again.
            client.ProbeNeighbour(route.OutputInterface, peer);
            return _echoPaths.TryGetValue(session, out var before) && before.InterfaceIndex == route.OutputInterface && before.Own == own ? before : null;
        }
        catch (NetlinkException)
        {
            return null; // No route, or the link has gone: the next look tells more.
        }
    }
}
