using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Loxi.Bgp.Policy;
using Loxi.Bgp.Rib;
using Loxi.Bgp.Session;
using Loxi.Bgp.Transport;
using Loxi.Core;
using Loxi.Linux;

namespace Loxi.Bgp;

/// <content>Desired configuration and announcements.</content>
public sealed partial class BgpSpeaker
{
    // Read by reports at any time.
    private readonly ConcurrentDictionary<IPEndPoint, BgpListener> _listening = new();
    private BgpConfiguration? _configuration;
    private SharedRib? _rib;
    private Task _ending = Task.CompletedTask;
    private ITimer? _completion;
    private RestartState? _restart;

    /// <summary>
    /// Makes this what the speaker is and does, all or nothing. A peer whose settings are the same is not touched; one of which only policies, limits or texts are others
    /// keeps its session; one that is gone ends with Cease 6/3, one that is administratively down with 6/2, one that needs a new session with 6/6. Applying the same again does nothing.
    /// </summary>
    /// <param name="configuration">What it shall be; null for no speaker: every session is closed with Cease 6/2, and nothing is listened on.</param>
    /// <param name="text">What peers are told that this takes down administratively (RFC 9003), at most 255 bytes of UTF-8; empty for nothing.</param>
    /// <param name="cancellationToken">Gives up waiting for an earlier call; what has begun is finished.</param>
    /// <returns>When it is in force; sessions come up on their own.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    /// <exception cref="InvalidBgpConfigurationException">Something is wrong with it, or an address or the port cannot be listened on: all that is wrong at once.</exception>
    /// <exception cref="ObjectDisposedException">The speaker is disposed.</exception>
    public async Task ApplyAsync(BgpConfiguration? configuration, string text = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        Task ended;
        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (configuration is null)
            {
                await CloseAsync(text, SessionStopKind.Shutdown).ConfigureAwait(false);
                _configuration = null;
                return;
            }

            ThrowIfAny([.. Validate(configuration), .. WithoutTcpAo(configuration)]);
            if (configuration.Equals(_configuration))
            {
                return;
            }

            var (opened, closed) = await OpenListenersAsync(configuration).ConfigureAwait(false);
            PutInForce(configuration, opened, closed, text, out var removed);
            await CloseAsync(closed).ConfigureAwait(false);
            // Whoever comes next need not wait for their last words.
            _ending = ended = Task.WhenAll(removed.Select(EndAsync).Append(_ending));
        }
        finally
        {
            _applying.Release();
        }

        await ended.ConfigureAwait(false);
    }

    /// <summary>
    /// Says in the first OPEN to each peer with graceful restart that this is a restart (RFC 4724 4.1), so that it keeps its routes of us; for as long as
    /// <see cref="BgpSpeakerSettings.RestartTime"/>. Until then, or until all peers with graceful restart have told their routes, none of these is chosen: only own
    /// announcements are told, and End-of-RIB follows. Before the first <see cref="ApplyAsync"/>; of no effect to other peers.
    /// </summary>
    /// <param name="forwardingKept">Families whose forwarding went on meanwhile.</param>
    /// <exception cref="ArgumentNullException"><paramref name="forwardingKept"/> is null.</exception>
    /// <exception cref="InvalidOperationException">A configuration was applied already.</exception>
    public void AnnounceRestart(params IEnumerable<BgpFamily> forwardingKept)
    {
        ArgumentNullException.ThrowIfNull(forwardingKept);
        if (_rib is not null)
        {
            throw new InvalidOperationException("A restart is announced before the first configuration is applied.");
        }

        _restart = new RestartState(true, [.. forwardingKept.Distinct()]);
    }

    /// <summary>The restart time is over: routes are chosen and handed on with what there is, and nobody is told of the restart any more.</summary>
    private void EndStart()
    {
        SpeakerPeer[] peers;
        lock (_peersGate)
        {
            _restart = null;
            peers = [.. _peers.Values];
        }

        foreach (var peer in peers)
        {
            peer.Runner.SetRestarted(RestartState.None);
        }

        _rib!.EndDeferral();
        _rib.Complete();
    }

    private static ImmutableArray<Problem> Validate(BgpConfiguration configuration)
    {
        var names = configuration.Policies.Policies.Select(static policy => policy?.Name).ToHashSet();
        return
        [
            .. BgpConfigurationValidator.Validate(configuration),
            .. BgpPolicyValidator.Validate(configuration.Policies).Select(static p => p.Within("policies.")),
            .. configuration.Peers.Index().SelectMany(p => Unknown(p.Item).Select(problem => problem.Within(BgpFields.Peer(p.Index)))),
            .. configuration.PeerRanges.Index().SelectMany(r => Unknown(r.Item.Settings).Select(problem => problem.Within(BgpFields.PeerRange(r.Index)))),
        ];

        IEnumerable<Problem> Unknown(BgpPeerSettings settings) => settings.ImportPolicies.Select(static name => (BgpFields.ImportPolicies, name))
            .Concat(settings.ExportPolicies.Select(static name => (BgpFields.ExportPolicies, name)))
            .Where(named => !names.Contains(named.name))
            .Select(static named => Problem.Of(named.Item1, named.name, "the name of a policy"));
    }

    private static void ThrowIfAny(ImmutableArray<Problem> problems)
    {
        if (!problems.IsEmpty)
        {
            throw new InvalidBgpConfigurationException(problems);
        }
    }

    private static HashSet<IPEndPoint> EndPoints(BgpSpeakerSettings speaker) => speaker.ListenPort == 0
        ? []
        : [.. (speaker.ListenAddresses.IsEmpty ? [IPAddress.Any, IPAddress.IPv6Any] : speaker.ListenAddresses).Select(address => new IPEndPoint(address, speaker.ListenPort))];

    /// <summary>What is wrong where an address and port cannot be listened on.</summary>
    internal static Problem ListenProblem(BgpSpeakerSettings speaker, IPEndPoint endPoint, LinuxException error) => (error.ErrorNumber, speaker.ListenAddresses.IndexOf(endPoint.Address)) switch
    {
        (Errno.EADDRNOTAVAIL, >= 0 and var index) => Problem.Of($"{BgpFields.Speaker}{BgpFields.ListenAddresses}[{index}]", endPoint.Address, $"an address of this host: {error.Message}"),
        (Errno.EACCES, _) => Problem.Of(
            BgpFields.Speaker + BgpFields.ListenPort, speaker.ListenPort,
            $"a port that this program may listen on: {error.Message}; ports below 1024 (sysctl net.ipv4.ip_unprivileged_port_start) need the capability CAP_NET_BIND_SERVICE"),
        _ => Problem.Of(BgpFields.Speaker + BgpFields.ListenPort, speaker.ListenPort, $"an address and port that can be listened on: {error.Message}"),
    };

    /// <summary>Whether all addresses of a family and one of them would be listened on at the same port.</summary>
    private static bool IsInTheWay(IPEndPoint open, IPEndPoint wanted) => open.Port == wanted.Port && open.AddressFamily == wanted.AddressFamily
        && (open.Address.Equals(IPAddress.Any) || open.Address.Equals(IPAddress.IPv6Any) || wanted.Address.Equals(IPAddress.Any) || wanted.Address.Equals(IPAddress.IPv6Any));

    /// <summary>Opens what is to be listened on and is not, and gives all listeners their keys; undone when anything is refused.</summary>
    private async Task<(List<BgpListener> Opened, List<BgpListener> Closed)> OpenListenersAsync(BgpConfiguration configuration)
    {
        var desired = EndPoints(configuration.Speaker);
        List<BgpListener> opened = [];
        var problems = ImmutableArray.CreateBuilder<Problem>();
        foreach (var endPoint in desired.Where(endPoint => !_listening.ContainsKey(endPoint)))
        {
            try
            {
                BgpListener[] replaced = [.. _listening.Values.Where(listener => !desired.Contains(listener.LocalEndPoint) && IsInTheWay(listener.LocalEndPoint, endPoint))];
                opened.Add(new BgpListener(endPoint, Find, _time, _loggers.CreateLogger(typeof(BgpListener).FullName!), _options.NetworkNamespace, ForgetUnheard, replaced));
            }
            catch (LinuxException e) when (e.ErrorNumber == Errno.EAFNOSUPPORT && configuration.Speaker.ListenAddresses.IsEmpty)
            {
                // A system without IPv6 has no address of it to listen on.
                continue;
            }
            catch (LinuxException e)
            {
                problems.Add(ListenProblem(configuration.Speaker, endPoint, e));
            }
        }

        var kept = _listening.Where(listener => desired.Contains(listener.Key)).Select(static listener => listener.Value).ToList();
        if (problems.Count == 0)
        {
            SetKeys(configuration, _configuration, opened, kept, problems);
            SetMinimumTtls(configuration, _configuration, opened, kept, problems);
        }

        if (problems.Count > 0)
        {
            RestoreKeys(configuration, _configuration, kept);
            foreach (var listener in opened)
            {
                await listener.DisposeAsync().ConfigureAwait(false);
            }

            ThrowIfAny(problems.DrainToImmutable());
        }

        return (opened, [.. _listening.Where(listener => !desired.Contains(listener.Key)).Select(static listener => listener.Value)]);
    }

    /// <summary>Puts a validated configuration in force; nothing can be refused any more.</summary>
    private void PutInForce(BgpConfiguration configuration, List<BgpListener> opened, List<BgpListener> closed, string text, out List<SpeakerPeer> removed)
    {
        foreach (var listener in closed)
        {
            _listening.TryRemove(listener.LocalEndPoint, out _);
        }

        if (_rib is null)
        {
            _rib = new SharedRib(configuration.Speaker, configuration.Policies, _installer, _time, _logger);
            _rib.Use(rib => rib.SetAdvertisements([.. _advertisements.Values]));
            _advertisements.Clear();
            _checking = _time.CreateTimer(static speaker => ((BgpSpeaker)speaker!).Check(), this, CheckInterval, CheckInterval);
            if (_restart is not null)
            {
                _rib.Use(static rib => rib.Defer());
            }

            // Peers that do not come do not hold up the others' routes; and who was not there by then has nothing of us any more.
            _completion = _time.CreateTimer(static speaker => ((BgpSpeaker)speaker!).EndStart(), this, configuration.Speaker.RestartTime, Timeout.InfiniteTimeSpan);
        }

        removed = StopPeers(configuration);
        ConfigureRib(configuration, removed);
        StartPeers(configuration, text);
        LookWhetherComplete();
        _advertiser.Set(configuration.Peers.Concat(configuration.PeerRanges.Select(static range => range.Settings)).Where(static peer => peer is { RouterAdvertisements: true, Interface: not null, AdministrativelyDown: false })
            .Select(static peer => peer.Interface!));
        foreach (var listener in opened)
        {
            _listening[listener.LocalEndPoint] = listener;
            LogListening(listener.LocalEndPoint);
        }
    }

    private async Task CloseAsync(string text, SessionStopKind kind)
    {
        _advertiser.Set([]);
        await CloseAsync([.. _listening.Values]).ConfigureAwait(false);
        _listening.Clear();
        var peers = TakeAllPeers();
        foreach (var peer in peers)
        {
            peer.Runner.Stop(kind, text);
        }

        await Task.WhenAll(peers.Select(EndAsync).Append(_ending)).ConfigureAwait(false);
    }

    private async Task CloseAsync(IReadOnlyList<BgpListener> listeners)
    {
        foreach (var listener in listeners)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            _refusedBefore += listener.Refused;
        }
    }

    /// <summary>A peer that is stopped: waits for its last words, then forgets its routes.</summary>
    private async Task EndAsync(SpeakerPeer peer)
    {
        await peer.Runner.DisposeAsync().ConfigureAwait(false);
        _rib!.Remove(peer.Rib);
    }

    private T InNamespace<T>(Func<T> function) => _options.NetworkNamespace is { } other ? other.Run(function) : function();
}
