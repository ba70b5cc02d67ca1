using System.Collections.Concurrent;
using System.Net;
using Loxi.Core.Connections;
using Loxi.Ha.Roles;
using Loxi.Ha.Sync.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Transport;
using Loxi.Nat;
using Loxi.Node.Ha;
using Loxi.Node.Options;

namespace Loxi.Node.Composition;

/// <summary>Keeps the connections like those of the other nodes, where <c>--ha-sync</c> says by which keys they are known: who takes over goes on with them.</summary>
internal sealed partial class NodeSync(NodeOptions options, HaConfiguration configuration, NatBalancer balancer, IRoleSpeaker roles, IGroupedServices services, TimeProvider time, ILoggerFactory loggers, ILogger<NodeSync> logger) : INodeSync, ISyncSpeaker, IAsyncDisposable
{
    /// <summary>How often it is looked whom HELLO hears.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    private readonly ILogger _logger = logger;
    private readonly CancellationTokenSource _stopping = new();
    private bool _isDisposed;
    private readonly ConcurrentDictionary<string, (HelloRole Role, ulong Term)> _groups = new(StringComparer.Ordinal);
    private SyncCertificate? _certificate;
    private ConnectionSyncTable? _table;
    private SyncSpeaker<ConnectionKey, ConnectionPath>? _speaker;
    private IDisposable? _roles;
    private IDisposable? _told;
    private Task _glancing = Task.CompletedTask;

    public event Action? ReadyChanged;

    public bool IsReady { get; private set; } = options.Ha.SyncPeers.IsEmpty;

    public CertificatePin Pin => Speaker.Pin;

    private byte Self => (byte)options.PortSlice.Index;

    private SyncSpeaker<ConnectionKey, ConnectionPath> Speaker => _speaker ?? throw new InvalidOperationException("Connections are not kept like those of other nodes.");

    public IDisposable Subscribe(Action<SyncSpeakerEvent> listener) => Speaker.Subscribe(listener);

    public async Task<SyncSpeakerStatus> ReadStatusAsync() => await Speaker.ReadStatusAsync();

    public async Task<SyncSpeakerStatus?> ReadAsync()
    {
        try
        {
            return _speaker is null ? null : await _speaker.ReadStatusAsync();
        }
        catch (ObjectDisposedException)
        {
            // Sync has failed, which was told.
            return null;
        }
    }

    /// <summary>Begins, when the services are in force and before roles are decided. Does nothing without <c>--ha-sync</c>.</summary>
    /// <exception cref="SyncCertificateException">The node has no certificate.</exception>
    /// <exception cref="InvalidSyncSettingsException">The other nodes have other numbers than the pins.</exception>
    /// <exception cref="Linux.LinuxException">The port is in use.</exception>
    public async Task StartAsync()
    {
        if (options.Ha.SyncPeers.IsEmpty)
        {
            return;
        }

        _certificate = SyncCertificate.LoadOrCreate(options.StateDirectory, time);
        _table = new ConnectionSyncTable(balancer.Connections);
        _speaker = new SyncSpeaker<ConnectionKey, ConnectionPath>(
            new SyncSpeakerOptions
            {
                Engine = EngineSettings(),
                Certificate = _certificate,
                StateDirectory = options.StateDirectory,
            },
            new ConnectionSchema(), _table, loggers, time);
        LogPin(_certificate.Pin);
        balancer.Connections.SetOwner(0, Self);
        _told = _speaker.Subscribe(Take);
        await _speaker.ApplyAsync(new SyncSpeakerSettings { Peers = [.. options.Ha.SyncPeers.Select(WithAddresses)] });
        foreach (var peer in options.Ha.SyncPeers)
        {
            // Until HELLO says otherwise: who has heard nobody yet is not ready.
            await _speaker.SetAliveAsync(peer.NodeId, isAlive: true);
        }

        _roles = roles.Subscribe(Take);
        services.Changed += Retry;
        _glancing = GlanceAsync();
        _ = WatchAsync(_speaker);
    }

    public async ValueTask DisposeAsync()
    {
        // The container has it under each name that it is registered by.
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await _stopping.CancelAsync();
        await _glancing;
        _stopping.Dispose();
        services.Changed -= Retry;
        _roles?.Dispose();
        _told?.Dispose();
        if (_speaker is not null)
        {
            await _speaker.DisposeAsync();
        }

        _table?.Dispose();
        _certificate?.Dispose();
    }

    private SyncSettings EngineSettings()
    {
        var settings = new SyncSettings
        {
            NodeId = Self,
            Layout = (uint)options.PortSlice.Count,

            // To read some of the table is to walk over all of it: rather more at a time than often.
            SweepPeriod = TimeSpan.FromSeconds(4),
            SweepBuckets = ConnectionBuckets.Count / 8,
        };

        // Both families, and as many that are gone and remembered.
        return options.MaxConnections is { } limit ? settings with { MaxEntries = (int)Math.Min(4L * limit, 1 << 27) } : settings;
    }

    private SyncPeerSettings WithAddresses(SyncPeerSettings peer) => peer with
    {
        Addresses = [.. configuration.Current.Peers.Where(p => p.NodeId == peer.NodeId).SelectMany(static p => p.Paths)
            .Select(static p => new IPEndPoint(p.PeerAddress, SyncSpeakerSettings.DefaultPort)).Distinct()],
    };

    /// <summary>Of the connections: whether all are here.</summary>
    private void Take(SyncSpeakerEvent told)
    {
        if (told.Kind is SyncSpeakerEventKind.Ready or SyncSpeakerEventKind.NotReady)
        {
            IsReady = told.Kind == SyncSpeakerEventKind.Ready;
            ReadyChanged?.Invoke();
        }
    }

    /// <summary>Of the roles: whether this node serves, and under which term it changes connections.</summary>
    private void Take(RoleSpeakerEvent told)
    {
        if (told is { Group: { } group, Transition: { } transition })
        {
            _groups[group] = (transition.To, transition.Term);
            var term = (uint)Math.Min(_groups.Values.Max(static g => g.Term), ConnectionVersion.MaxTerm);
            balancer.Connections.SetOwner(term, Self);
            Do(speaker => speaker.SetRoleAsync(_groups.Values.Any(static g => g.Role == HelloRole.Master), term));
        }
    }

    private void Retry() => Do(static speaker => speaker.RetryParkedAsync());

    private void Do(Func<SyncSpeaker<ConnectionKey, ConnectionPath>, Task> what) => _ = DoAsync(what);

    private async Task DoAsync(Func<SyncSpeaker<ConnectionKey, ConnectionPath>, Task> what)
    {
        try
        {
            await what(Speaker);
        }
        catch (ObjectDisposedException)
        {
            // Sync has ended, which was told by it.
        }
    }

    /// <summary>Who hears of no change any more does not have all connections.</summary>
    private async Task WatchAsync(SyncSpeaker<ConnectionKey, ConnectionPath> speaker)
    {
        try
        {
            await speaker.Completion;
        }
        catch (Exception)
        {
            // Whatever it was: the speaker has told it.
            IsReady = false;
            ReadyChanged?.Invoke();
        }
    }

    /// <summary>HELLO notices sooner than a stream that a node is gone, and before there is a stream that it is there.</summary>
    private async Task GlanceAsync()
    {
        using var timer = new PeriodicTimer(Glance, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await GlanceOnceAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private async Task GlanceOnceAsync()
    {
        try
        {
            foreach (var peer in (await roles.ReadStatusAsync()).Peers.Where(peer => options.Ha.SyncPeers.Any(p => p.NodeId == peer.NodeId)))
            {
                await Speaker.SetAliveAsync((byte)peer.NodeId, peer.IsHeard);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException)
        {
            // Roles have not begun, or one of the two has ended.
        }
    }

    [LoggerMessage(8085, LogLevel.Information, "Connections are kept like those of the other nodes; the pin of this node is {Pin}")]
    private partial void LogPin(CertificatePin pin);
}
