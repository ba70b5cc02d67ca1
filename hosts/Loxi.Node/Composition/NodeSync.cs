using System.Collections.Immutable;
using Loxi.Core;
using Loxi.Core.Connections;
using Loxi.Ha.Roles;
using Loxi.Ha.Sync.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Transport;
using Loxi.Linux;
using Loxi.Node.Ha;
using Loxi.Node.Options;

namespace Loxi.Node.Composition;

/// <summary>Keeps the connections like those of the other nodes, where <c>--ha-sync</c> says by which keys they are known: who takes over goes on with them.</summary>
internal sealed partial class NodeSync(NodeOptions options, HaConfiguration configuration, SyncedConnections connections, IRoleSpeaker roles, IGroupedServices services, TimeProvider time, ILoggerFactory loggers, ILogger<NodeSync> logger) : INodeSync, ISyncSpeaker, IAsyncDisposable
{
    private readonly ILogger _logger = logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Lock _taking = new();
    private bool _isDisposed;
    private readonly SyncRoles _groups = new();
    private readonly SyncTimeouts _timeouts = new(connections.Timeouts);
    private readonly SyncSources _sources = new();
    private ImmutableArray<SyncPeerSettings> _peers = [];
    private SyncCertificate? _certificate;
    private ConnectionSyncTable? _table;
    private SyncSpeaker<ConnectionKey, ConnectionPath>? _speaker;
    private IDisposable? _roles;
    private IDisposable? _told;
    private Task _glancing = Task.CompletedTask;

    public event Action? ReadyChanged;

    public bool IsReady { get; private set; } = !options.Ha.KeepsConnections;

    public CertificatePin Pin => Speaker.Pin;

    private byte Self => (byte)options.PortSlice.Index;

    private SyncSpeaker<ConnectionKey, ConnectionPath> Speaker => _speaker ?? throw new InvalidOperationException("Connections are not kept like those of other nodes.");

    public IDisposable Subscribe(Action<SyncSpeakerEvent> listener) => Speaker.Subscribe(listener);

    public Task PassAsync(byte peer, CancellationToken cancellationToken) => Speaker.PassAsync(peer, cancellationToken);

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

    /// <summary>Whether a connection is one of those that other nodes have too. May be asked from any thread.</summary>
    public bool Keeps(ConnectionKey key, ConnectionPath path) => !options.Ha.KeepsConnections || _sources.Moves(key, path);

    /// <summary>Begins, when the services are in force and before roles are decided. Does nothing without <c>--ha-sync</c>.</summary>
    /// <exception cref="SyncCertificateException">The node has no certificate.</exception>
    /// <exception cref="InvalidSyncSettingsException">The other nodes have other numbers than the pins.</exception>
    /// <exception cref="LinuxException">The port is in use.</exception>
    public async Task StartAsync()
    {
        if (!options.Ha.KeepsConnections)
        {
            return;
        }

        _certificate = SyncCertificate.LoadOrCreate(options.StateDirectory, time);
        _table = new ConnectionSyncTable(connections.Table, _sources.Moves, connections.Persistence, time);
        services.Changed += TakeServices;
        TakeServices();
        _speaker = new SyncSpeaker<ConnectionKey, ConnectionPath>(
            new SyncSpeakerOptions
            {
                Engine = EngineSettings(),
                Certificate = _certificate,
                StateDirectory = options.StateDirectory,
            },
            new ConnectionSchema(_timeouts.TimeoutOf, connections.Persistence is not null), _table, loggers, time);
        LogPin(_certificate.Pin);
        SetOwner(0);
        _told = _speaker.Subscribe(Take);
        var current = configuration.Current;
        _peers = current.SyncPeers;
        foreach (var left in options.Ha.SyncPeers.Where(peer => _peers.All(p => p.NodeId != peer.NodeId)))
        {
            LogLeftOut(left.NodeId, SyncFlag.Name);
        }

        foreach (var unknown in current.Peers.Where(peer => _peers.All(p => p.NodeId != peer.NodeId)))
        {
            LogNoPin(unknown.NodeId);
        }

        await _speaker.ApplyAsync(new SyncSpeakerSettings { Peers = _peers });
        foreach (var peer in _peers)
        {
            // Until HELLO says otherwise: who has heard nobody yet is not ready.
            await _speaker.SetAliveAsync(peer.NodeId, isAlive: true);
        }

        if (_peers.IsEmpty)
        {
            // Nobody is known yet from whom anything could come, and so nothing will be told.
            IsReady = true;
        }

        _roles = roles.Subscribe(Take);
        _glancing = GlanceAsync();
        _ = WatchAsync(_speaker);
    }

    public async Task ApplyAsync(HaModel model)
    {
        if (_speaker is null)
        {
            return;
        }

        // Not while the nodes of before are told alive.
        await _changing.WaitAsync();
        try
        {
            var peers = model.SyncPeers;
            await _speaker.ApplyAsync(new SyncSpeakerSettings { Peers = peers });
            _peers = peers;
        }
        catch (LinuxException e)
        {
            throw new InvalidSyncSettingsException([Problem.Of("listen", $"{SyncSpeakerSettings.DefaultPort}/tcp", $"a port that no other program has ({e.Message})")]);
        }
        catch (ObjectDisposedException)
        {
            // Sync has failed, which was told by it.
        }
        finally
        {
            _changing.Release();
        }
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
        _changing.Dispose();
        services.Changed -= TakeServices;
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

            // To read some of the table is to walk over all of it, while nothing else is told: all of it at a time, and seldom.
            SweepPeriod = TimeSpan.FromSeconds(32),
            SweepBuckets = ConnectionBuckets.Count,
        };

        // Both families and the clients, and as many that are gone and remembered.
        var clients = connections.Persistence?.Capacity ?? 0;
        return settings with { MaxEntries = (int)Math.Min((4 * connections.Capacity) + (2L * clients), 1 << 27) };
    }

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
            _groups.Set(group, transition.To, transition.Term);
            SetOwner(_groups.Term);
            Do(TellRoleAsync);
        }
    }

    private void SetOwner(uint term)
    {
        connections.Table.SetOwner(term, Self);
        _table!.SetOwner(term, Self);
    }

    private Task TellRoleAsync(SyncSpeaker<ConnectionKey, ConnectionPath> speaker) => speaker.SetRoleAsync(_groups.Serves, _groups.Term);

    private void TakeServices()
    {
        // Changes may be told by two threads at once: the one that reads later must also be the one that sets later.
        lock (_taking)
        {
            _timeouts.Set(services.Current.Services);
            if (_sources.Set(services.WithSources, services.Current.Pools))
            {
                _table?.LookAgain();
            }
        }

        if (_roles is not null)
        {
            Do(static speaker => speaker.RetryParkedAsync());
        }
    }

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

    [LoggerMessage(8085, LogLevel.Information, "Connections are kept like those of the other nodes; the pin of this node is {Pin}")]
    private partial void LogPin(CertificatePin pin);

    [LoggerMessage(8086, LogLevel.Warning, "{Flag} has a pin of node {Node}, which is none of the other nodes any more (loxictl get ha): connections are not kept like those of it until it is one again")]
    private partial void LogLeftOut(byte node, string flag);

    [LoggerMessage(8089, LogLevel.Warning, "No pin of node {Node} is known: connections are not kept like those of it (loxictl ha pair)")]
    private partial void LogNoPin(ushort node);
}
