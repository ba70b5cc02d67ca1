using System.Collections.Concurrent;
using System.Net;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.Core.Services;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Node.Composition;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Loxi.Node.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Node.Tests.Ha;

/// <summary>A <see cref="NodeHa"/> above parts that a test drives.</summary>
internal sealed class HaHarness : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly NodeRoles _roles;
    private readonly Lifetime _lifetime = new();
    private readonly Records _records = new();

    public HaHarness(NodeOptions? options = null, bool loads = true, INodeSync? sync = null, GatewayChoice? gateways = null)
    {
        Sync = sync as FakeSync;
        Directory = System.IO.Directory.CreateTempSubdirectory("loxi-node-ha-").FullName;
        Options = (options ?? Decides()) with { StateDirectory = Directory };
        Options = Options with { Ha = Options.Ha with { Gateways = gateways ?? GatewayChoice.None } };
        File = new HaFile(Directory);
        _roles = new NodeRoles(new RoleStateFile(Directory), NullLogger<NodeRoles>.Instance);
        Configuration = new HaConfiguration(File, Options, _records.For<HaConfiguration>());
        if (loads)
        {
            Configuration.Load();
        }

        Moves = new NodeMoves(Gates, Ways, _roles, Configuration, Options, Time, _records.For<NodeMoves>());
        Vips = new NodeVips(Neighbours, Moves, NullLogger<NodeVips>.Instance);
        Node = new NodeHa(
            Speaker, Vips, Moves, Announcer, Links, Gates, _roles, Services, new NodeFaults(Speaker, Announcer, DataPlane, Routes, Configuration, Options, Time, NullLogger<NodeFaults>.Instance), new NoFindings(), Configuration, KeepAlive, Options, Time, _lifetime,
            NullLoggerFactory.Instance, _records.For<NodeHa>(), sync: sync);
    }

    public static RolePeer Peer { get; } = new(1) { Paths = [new RolePath(IPAddress.Parse("192.0.2.2")), new RolePath(IPAddress.Parse("198.51.100.2"))] };

    public string Directory { get; }

    public NodeOptions Options { get; }

    public HaFile File { get; }

    public HaConfiguration Configuration { get; }

    public FakeRoleSpeaker Speaker { get; } = new();

    public FakeNeighbours Neighbours { get; } = new();

    public FakeLinkAnnouncer Announcer { get; } = new();

    public FakeHostLinks Links { get; } = new();

    public FakeDataPlane DataPlane { get; } = new();

    public FakeGatewayRoutes Routes { get; } = new();

    public FakeGates Gates { get; } = new();

    public FakeGroupedServices Services { get; } = new();

    public FakeKeepAlive KeepAlive { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public FakeSync? Sync { get; }

    public FakePeerWays Ways { get; } = new();

    public NodeMoves Moves { get; }

    public NodeVips Vips { get; }

    public NodeHa Node { get; }

    public bool Stops => _lifetime.Stops;

    public NodeRoles Roles => _roles;

    /// <summary>The event ids that were logged.</summary>
    public IEnumerable<int> Logged => _records.Ids;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static NodeOptions Decides() => new() { PortSlice = new PortSlice(0, 4), Ha = new HaOptions { Peers = [Peer] } };

    public static Service Service(string vip, string group = VipGroups.Default) => new()
    {
        Key = new ServiceKey(IPAddress.Parse(vip), ServiceProtocol.Tcp, 80),
        VipGroup = group,
        Endpoints = [new ServiceEndpoint(IPAddress.Parse("198.51.100.50"), 8080, 1)],
    };

    public static RoleGroupStatus StatusOf(string name, HelloRole role) => new()
    {
        Name = name,
        Role = role,
        Source = RoleSource.Peers,
        Term = 1,
        Announces = role == HelloRole.Master,
        Readiness = Readiness.Ready,
        Health = byte.MaxValue,
        Pinned = false,
        Withheld = [],
        AliveUntil = TimeSpan.Zero,
        AnswerUntil = TimeSpan.Zero,
        HeldUntil = TimeSpan.Zero,
        Transitions = [],
    };

    public void Set(params Service[] services) => Services.Set(new DesiredState(ServiceModel.Create(services), SourcePools.Empty));

    public async Task StartAsync()
    {
        await Node.StartAsync();
        await Node.ServeAsync();
    }

    public Task PostAsync(string state, string group = "llb-inst0", string vip = "0.0.0.0") => Node.PostAsync(new ClusterState { Instance = group, State = state, Vip = vip }, Token);

    /// <summary>Waits for what another thread does.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Token.ThrowIfCancellationRequested();
            if (TimeProvider.System.GetElapsedTime(start) > Limit)
            {
                throw new TimeoutException("It did not come to hold.");
            }

            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Speaker.GivesAwayAtOnce = true;
        await Node.LeaveAsync(CancellationToken.None);
        await Node.DisposeAsync();
        _roles.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private sealed class NoFindings : IHostCheck
    {
        public IReadOnlyList<HaFinding> Check(HaReading? reading) => [];
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public bool Stops { get; private set; }

        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => Stops = true;
    }

    private sealed class Records
    {
        private readonly ConcurrentQueue<int> _ids = [];

        public IEnumerable<int> Ids => _ids;

        public ILogger<T> For<T>() => new Logger<T>(_ids);

        private sealed class Logger<T>(ConcurrentQueue<int> ids) : ILogger<T>
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => ids.Enqueue(eventId.Id);
        }
    }
}
