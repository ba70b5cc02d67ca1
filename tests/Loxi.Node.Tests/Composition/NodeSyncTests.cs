using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ha.Roles;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Transport;
using Loxi.Nat.Connections;
using Loxi.Node.Composition;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Loxi.Node.State;
using Loxi.Node.Tests.Ha;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Node.Tests.Composition;

/// <summary>What sync is told of nodes and groups that come and go. The other nodes do not answer.</summary>
public sealed class NodeSyncTests : IAsyncDisposable
{
    private const string Group = "inst1";
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-node-sync-").FullName;
    private readonly FakeConnections _connections = new();
    private readonly FakeRoleSpeaker _roles = new();
    private readonly FakeTimeProvider _time = new();
    private readonly HaConfiguration _configuration;
    private readonly NodeSync _sync;

    public NodeSyncTests() => (_configuration, _sync) = Create(new HaOptions { Peers = [Peer(1), Peer(2)], SyncPeers = [Pinned(1), Pinned(2)] });

    public async ValueTask DisposeAsync()
    {
        await _sync.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task ANodeThatWasTakenAway_IsNotWaitedFor()
    {
        await StartAsync();
        await HaHarness.UntilAsync(() => _sync.ReadAsync().Result!.IsReady == false);
        _roles.Peers = [Status(1, isHeard: false)];

        _time.Advance(Glance);

        await HaHarness.UntilAsync(() => _sync.IsReady);
    }

    [Fact]
    public async Task ANodeThatWasTakenAwayBeforeTheStart_IsLeftOut()
    {
        _configuration.Store(_configuration.Current.WithPeers([Peer(1)], areStored: true));

        await StartAsync();

        (await _sync.ReadAsync())!.Peers.Select(static p => p.Engine.Id).Should().Equal((byte)1);
    }

    [Fact]
    public async Task BeforeItIsPaired_ItIsReady_AndThenIsWaitedForWhoIsHeard()
    {
        var (configuration, sync) = Create(new HaOptions { Peers = [Peer(1)], PairsSync = true });
        await using var _ = sync;
        await _roles.ApplyAsync(new RoleSpeakerSettings { NodeId = 0, Source = RoleSource.Peers });
        sync.IsReady.Should().BeFalse();
        await sync.StartAsync();
        sync.IsReady.Should().BeTrue("nobody has anything that could come");
        (await sync.ReadAsync())!.Peers.Should().BeEmpty();

        await sync.ApplyAsync(configuration.Current with { SyncPins = configuration.Current.SyncPins.SetItem(1, Pinned(1).Pins) });
        _roles.Peers = [Status(1, isHeard: true)];
        _time.Advance(Glance);

        await HaHarness.UntilAsync(() => !sync.IsReady);
    }

    [Fact]
    public async Task ANodeThatIsAddedWhileItRuns_IsKnownByItsPin_AndOneThatGoesIsForgotten()
    {
        await StartAsync();
        var model = _configuration.Current.WithPeers([Peer(2), Peer(3)], areStored: true);

        await _sync.ApplyAsync(model with { SyncPins = model.SyncPins.SetItem(3, Pinned(3).Pins) });
        (await _sync.ReadAsync())!.Peers.Select(static p => (p.Engine.Id, p.Engine.IsAlive)).Should().Equal(((byte)2, true), ((byte)3, false));

        _roles.Peers = [Status(2, isHeard: false), Status(3, isHeard: true)];
        _time.Advance(Glance);
        await HaHarness.UntilAsync(() => _sync.ReadAsync().Result!.Peers.Select(static p => p.Engine.IsAlive).SequenceEqual([false, true]));
    }

    [Fact]
    public async Task NodesThatCannotBe_ChangeNothing()
    {
        await StartAsync();
        var model = _configuration.Current;

        var apply = () => _sync.ApplyAsync(model with { SyncPins = model.SyncPins.SetItem(2, model.SyncPins[1]) });

        (await apply.Should().ThrowAsync<InvalidSyncSettingsException>()).Which.Problems.Should().ContainSingle().Which.Expected.Should().Be("a pin of node 2 alone: node 1 has it");
        (await _sync.ReadAsync())!.Peers.Should().HaveCount(2);
    }

    [Fact]
    public async Task AGroupThatIsGone_IsServedNoMore()
    {
        _roles.Peers = [Status(1, isHeard: true)];
        _roles.Groups = [Status(Group)];
        await StartAsync();
        _roles.Decide(Group, HelloRole.Master);
        _time.Advance(Glance);
        EndAConnection(1);
        await UntilAsync(static c => c.Tombstones == 1);

        _roles.Groups = [];
        _time.Advance(Glance);

        // Who does not serve takes nothing away while another node is there.
        ushort port = 1;
        await UntilAsync(counters =>
        {
            EndAConnection(++port);
            return counters.Restored != 0;
        });
    }

    private (HaConfiguration Configuration, NodeSync Sync) Create(HaOptions ha)
    {
        var options = new NodeOptions { StateDirectory = _directory, PortSlice = new PortSlice(0, 4), Ha = ha };
        var configuration = new HaConfiguration(new HaFile(_directory), options, NullLogger<HaConfiguration>.Instance);
        configuration.Load();
        return (configuration, new NodeSync(options, configuration, new SyncedConnections(_connections, 1024, new ConnectionTimeouts()), _roles, new FakeGroupedServices(), _time, NullLoggerFactory.Instance, NullLogger<NodeSync>.Instance));
    }

    private static RolePeer Peer(ushort node) => new(node) { Paths = [new RolePath(IPAddress.Parse($"127.0.0.{node + 1}"))] };

    private static SyncPeerSettings Pinned(byte node) => new(node) { Pins = [CertificatePin.TryParse(new string((char)('a' + node), 64), out var pin) ? pin : default] };

    private static RolePeerStatus Status(ushort node, bool isHeard) => new(node, 1, isHeard, true, []);

    private static RoleGroupStatus Status(string group) => new()
    {
        Name = group,
        Role = HelloRole.Master,
        Source = RoleSource.Peers,
        Term = 1,
        Announces = true,
        Readiness = Readiness.Ready,
        Health = 255,
        Pinned = false,
        Withheld = [],
        AliveUntil = TimeSpan.Zero,
        AnswerUntil = TimeSpan.Zero,
        HeldUntil = TimeSpan.Zero,
        Transitions = [],
    };

    private async Task StartAsync()
    {
        await _roles.ApplyAsync(new RoleSpeakerSettings { NodeId = 0, Source = RoleSource.Peers });
        await _sync.StartAsync();
    }

    private void EndAConnection(ushort port)
    {
        var record = new ConnectionRecord
        {
            Client = FlowAddress.From(IPAddress.Parse("198.51.100.1")),
            ClientPort = port,
            Vip = FlowAddress.From(IPAddress.Parse("192.0.2.10")),
            VipPort = 80,
            Source = FlowAddress.From(IPAddress.Parse("198.51.100.1")),
            SourcePort = port,
            Endpoint = FlowAddress.From(IPAddress.Parse("198.51.100.50")),
            EndpointPort = 8080,
            Protocol = ServiceProtocol.Tcp,
            State = ConnectionState.Established,
            Operation = ConnectionOperation.Put,
            Version = new ConnectionVersion(1, 0, port),
        };
        _connections.Tell(ConnectionChangeKind.Established, record);
        _connections.Tell(ConnectionChangeKind.Expired, record);
    }

    private Task UntilAsync(Func<SyncCounters, bool> holds) => HaHarness.UntilAsync(() => holds(_sync.ReadAsync().Result!.Counters));
}
