using System.Collections.Immutable;
using Loxi.Core.Roles;
using Loxi.Core.Services;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Nat.Connections;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Fragments;
using Loxi.Nat.Health;
using Loxi.Nat.Interfaces;
using Loxi.Nat.Roles;
using Loxi.Nat.Statistics;
using Loxi.Nat.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loxi.Nat;

/// <summary>
/// A layer-4 load balancer in the kernel. Opened, it has loaded its programs and adopted what an earlier process left; started, it sits on
/// the interfaces; disposed, it leaves everything in place and traffic goes on; purged, it has removed all that it put on the machine.
/// </summary>
/// <remarks>
/// Needs CAP_BPF, CAP_NET_ADMIN and CAP_NET_RAW, and Linux 6.1 with BTF. It works in the network namespace of the thread that opens it and
/// forwards only where the kernel does (net.ipv4.ip_forward, net.ipv6.conf.all.forwarding). All members may be called from any thread.
/// </remarks>
public sealed partial class NatBalancer : IAsyncDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SweepSoon = TimeSpan.FromMilliseconds(50);

    private readonly NatDataPlane _dataPlane;
    private readonly ServiceTables _tables;
    private readonly NatStatistics _statistics;
    private readonly InterfaceAttachments _attachments;
    private readonly NextHopGeneration _generation;
    private readonly ProbeScheduler _probes;
    private readonly ProbeIndex _targets = new();
    private readonly PuntHandler _punts;
    private readonly FlowEventReader _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _applying = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Thread> _threads = [];
    private readonly Func<Service, ServiceEndpoint, bool> _isHeld;
    private readonly SourceLookup _sources;
    private readonly RoleGates _gates;
    private readonly BlocksOrXdp _blocks = new();
    private NetworkWatcher? _watcher;
    private AttachmentGuard? _guard;
    private ITimer? _sweeper;
    private long _probedVersion;
    private int _waiting;
    private bool _tidied;
    private bool _disposed;

    private NatBalancer(NatDataPlane dataPlane, NatOptions options, ConnectionTimeouts timeouts, ILoggerFactory loggers, TimeProvider time, Random random)
    {
        _logger = loggers.CreateLogger<NatBalancer>();
        _isHeld = (service, endpoint) => IsHeld(service.Key.Protocol, endpoint) || IsKnownToBeDown(service, endpoint);
        _dataPlane = dataPlane;
        _time = time;
        _generation = new NextHopGeneration(dataPlane.Maps);
        _sources = new SourceLookup(_logger);
        _tables = new ServiceTables(dataPlane.Maps, options.HashSeed, time, new NodeAddresses(_sources.Towards), dataPlane.GroupNumbers);
        _gates = new RoleGates(dataPlane.Maps, _tables, _gate);
        _punts = new PuntHandler(dataPlane.Maps, time, random, _logger);
        Connections = new ConnectionTable(dataPlane, _tables, _gate, timeouts, _punts.Failures);
        Persistence = new PersistenceTable(dataPlane.Maps, _tables, _gate);
        _statistics = new NatStatistics(dataPlane.Maps, Connections);
        _attachments = new InterfaceAttachments(dataPlane, options, _logger, blocks: _blocks, time: time);
        _probes = new ProbeScheduler(new TcpConnectProbe(), time, random, OnHealthChange, logger: loggers.CreateLogger<ProbeScheduler>());
        _events = new FlowEventReader(dataPlane.Maps, _punts, Connections.Changes);
    }

    /// <summary>The services in force.</summary>
    public ServiceModel Current { get; private set; } = ServiceModel.Empty;

    /// <summary>What is said about endpoints whatever services use them.</summary>
    public EndpointRules EndpointRules { get; private set; } = EndpointRules.Empty;

    /// <summary>The connections.</summary>
    public ConnectionTable Connections { get; }

    /// <summary>The clients of services with persist selection.</summary>
    public PersistenceTable Persistence { get; }

    /// <summary>What the role of this node in each VIP group lets packets do. Not to be used after <see cref="DisposeAsync"/> has begun.</summary>
    public IRoleGates Gates => _gates;

    /// <summary>Whether tables of an earlier process were found.</summary>
    public bool Adopted => _dataPlane.Adopted;

    /// <summary>The interfaces that carry the balancer.</summary>
    public IReadOnlyList<AttachedInterface> Interfaces => _attachments.Attached;

    /// <summary>The interfaces off which somebody else took the programs. They are put on again, within a quarter of a second.</summary>
    public IReadOnlyList<AttachmentLoss> Losses => _attachments.Losses;

    /// <summary>What is known of the endpoints that are probed.</summary>
    public ImmutableArray<ProbeStatus> Probes => _probes.GetStatuses();

    /// <summary><see cref="Losses"/> are others. On a thread of the balancer, which waits for the handler.</summary>
    public event Action? LossesChanged;

    /// <summary>The number of the layout of the tables.</summary>
    public static int Layout => Shared.Layout;

    /// <summary>The programs and tables.</summary>
    internal NatDataPlane DataPlane => _dataPlane;

    internal ServiceTables Tables => _tables;

    /// <summary>Loads the programs, and adopts the tables that are pinned in the directory or makes new ones. Interfaces are not touched yet.</summary>
    /// <param name="options">Where and how large.</param>
    /// <param name="timeouts">Silence after which connections end; null for the defaults.</param>
    /// <param name="loggers">Where to log; null for nowhere.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="random">Source of phases, jitter and keys; null for one seeded by the system.</param>
    /// <returns>The balancer; to be disposed.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="PinnedLayoutException">The pinned tables are of another version; they are left as they are.</exception>
    /// <exception cref="Ebpf.Native.EbpfException">The kernel refused: missing privilege, no BPF file system, or a program that its verifier does not accept.</exception>
    /// <exception cref="Ebpf.Native.Features.UnsupportedKernelFeatureException">The kernel is too old.</exception>
    public static NatBalancer Open(NatOptions options, ConnectionTimeouts? timeouts = null, ILoggerFactory? loggers = null, TimeProvider? time = null, Random? random = null)
        => Open(options, ObjectLoader.Instance, timeouts, loggers, time, random);

    internal static NatBalancer Open(
        NatOptions options, IObjectLoader objects, ConnectionTimeouts? timeouts = null, ILoggerFactory? loggers = null, TimeProvider? time = null, Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        loggers ??= NullLoggerFactory.Instance;
        var dataPlane = NatDataPlane.Open(options, objects, loggers.CreateLogger<NatBalancer>());
        NatBalancer? balancer = null;
        try
        {
            balancer = new NatBalancer(dataPlane, options, timeouts ?? new ConnectionTimeouts(), loggers, time ?? TimeProvider.System, random ?? new Random());
            balancer.Initialize(options);
            return balancer;
        }
        catch
        {
            balancer?._sources.Dispose();
            dataPlane.Dispose();
            throw;
        }
    }

    /// <summary>Attaches to the interfaces that the policy wants, now and as they appear, and follows routes, neighbours and links.</summary>
    /// <param name="policy">Which interfaces and how.</param>
    /// <param name="onAttached">Called for each interface once it is attached, on a thread of the balancer, one at a time; null for nobody.</param>
    /// <exception cref="ArgumentNullException"><paramref name="policy"/> is null.</exception>
    /// <exception cref="InvalidOperationException">It has been started before.</exception>
    /// <exception cref="Linux.Netlink.NetlinkException">The network could not be read.</exception>
    public void Start(InterfacePolicy policy, Action<AttachedInterface>? onAttached = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (_watcher is not null)
        {
            throw new InvalidOperationException("The balancer has been started before.");
        }

        StartThread("loxi-punts", _punts.Run);
        StartThread("loxi-events", _events.Run);
        _attachments.OnAttached = onAttached;
        _attachments.OnLossesChanged = () => LossesChanged?.Invoke();
        _guard = new AttachmentGuard(_attachments, policy, _time, _logger);
        _watcher = new NetworkWatcher(_dataPlane.Maps, _attachments, policy, _generation, _tables.Addresses.Local, SetLocal, OnWaysChanged, _time, _logger);
        _follower = _time.CreateTimer(_ => FollowRoutes(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _watcher.Start();
        _guard.Start();
        _sweeper = _time.CreateTimer(_ => Sweep(), null, SweepPeriod, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes the programs off every interface and removes everything that is pinned. Connections through the node end. Dispose afterwards.</summary>
    public void Purge()
    {
        StopThreads();
        _attachments.Purge();
        _dataPlane.Pins.Delete();
    }

    /// <summary>Removes what a process that is gone has left pinned and attached.</summary>
    /// <param name="pinPath">Its pin directory.</param>
    /// <param name="loggers">Where to log; null for nowhere.</param>
    /// <exception cref="Ebpf.Native.EbpfException">The kernel refused.</exception>
    public static void PurgePinned(string pinPath, ILoggerFactory? loggers = null)
    {
        var pins = PinDirectory.Open(pinPath);
        InterfaceAttachments.RemovePinned(pins, (loggers ?? NullLoggerFactory.Instance).CreateLogger<NatBalancer>());
        pins.Delete();
    }

    /// <summary>Stops following; programs and tables stay where they are and traffic goes on.</summary>
    /// <returns>A task that is complete when all is stopped.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        StopThreads();
        await _probes.DisposeAsync().ConfigureAwait(false);
        if (_sweeper is not null)
        {
            // A sweep that runs works on the tables: they go when it has ended.
            await _sweeper.DisposeAsync().ConfigureAwait(false);
        }

        if (_follower is not null)
        {
            await _follower.DisposeAsync().ConfigureAwait(false);
        }

        _attachments.Dispose();
        _events.Dispose();
        await _punts.DisposeAsync().ConfigureAwait(false);
        _tables.Dispose();
        _sources.Dispose();
        _dataPlane.Dispose();
        _applying.Dispose();
        _stop.Dispose();
    }

    private void Initialize(NatOptions options)
    {
        ref var control = ref _dataPlane.Maps.Control.Span[0];
        control.HashSeed = options.HashSeed;
        if (control.MinMtu == 0)
        {
            control.MinMtu = 1280;
        }

        var connections = _dataPlane.Maps.Flow4.Map.MaxEntries / 2;
        control.EmbryoQuota = EmbryoQuota.Of(connections);
        control.EmbryoSlots = _dataPlane.Maps.Embryos4.Map.MaxEntries;
        control.PortFirst = (uint)options.PortSlice.First;
        control.PortCount = (uint)options.PortSlice.Length;

        _generation.Move();
        if (Adopted)
        {
            _tables.Adopt();
            _gates.Adopt();
            _blocks.SetBlocks(_tables.BlockCount > 0);
            LogAdopted(_tables.Slots.Count);
        }
    }

    private void SetLocal(System.Net.IPAddress address, bool local)
    {
        lock (_gate)
        {
            _tables.Addresses.SetLocal(address, local);
        }
    }

    private void StartThread(string name, Action<CancellationToken> run)
    {
        var thread = new Thread(() => run(_stop.Token)) { IsBackground = true, Name = name };
        _threads.Add(thread);
        thread.Start();
    }

    private void StopThreads()
    {
        // No sweep begins any more; one that runs is waited for before the tables go.
        _sweeper?.Dispose();
        _follower?.Dispose();
        if (!_stop.IsCancellationRequested)
        {
            _stop.Cancel();
        }

        _watcher?.Dispose();
        _watcher = null;
        _guard?.Dispose();
        _guard = null;
        _threads.ForEach(t => t.Join());
        _threads.Clear();
    }

    [LoggerMessage(2001, LogLevel.Information, "Adopted the tables of an earlier process with {Services} services")]
    private partial void LogAdopted(int services);

    [LoggerMessage(2003, LogLevel.Warning, "Services for whose endpoints there is no room in the tables, and which choose among those that are active in turn until there is: {Services}")]
    private partial void LogWaiting(int services);

    [LoggerMessage(2002, LogLevel.Error, "The connection tables could not be swept; trying again")]
    private partial void LogSweepFailed(Exception exception);
}
