using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using Loxi.Api.V1;
using Loxi.Core.Services;
using Loxi.Ha.Roles;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Sync.Wire;
using Loxi.Node.Ha;
using Xunit;

namespace Loxi.Node.Tests.Rest;

/// <summary>What <c>/loxi/v1/ha</c> says of connections: would a failover lose any?</summary>
public sealed class HaSyncPathsTests : IAsyncLifetime
{
    private static readonly SyncLinkStatus Closed = new(null, 0, 0, null);
    private static readonly SyncLinkStatus Open = new("192.0.2.1:22112", 1, 0, null);
    private static readonly SyncPeerStatus Ready = new() { Id = 0, IsLive = true, IsBulk = true, IsJoined = true, IsAlive = true };
    private static readonly SyncPeerStatus Joining = Ready with { IsJoining = true, BucketsOwed = 4096, Missing = 1000 };
    private RestServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public static TheoryData<string, SyncPeerStatus[], string?> OfAMaster => new()
    {
        { "there is no peer", [], "established connections: no other node has them" },
        { "there is no stream", [Ready with { IsLive = false }], "established connections: no other node has them" },
        { "the peer hangs", [Ready with { IsAlive = false }], "established connections: no other node has them" },
        { "HELLO does not hear the peer", [Ready with { Id = 2 }], "established connections: no other node has them" },
        { "all is there", [Ready], null },
        { "the peer joins", [Joining with { BucketsOwed = 7, Missing = 30 }], "up to 30 established connections: 7 of 4096 parts of them are not at another node yet" },
        { "the peer joins and there is nothing", [Joining with { Missing = 0 }], null },
        { "empty parts go again", [Ready with { BucketsOwed = 2 }], null },
        { "another joins", [Ready, Joining with { Id = 3 }], null },
        { "changes wait", [Ready with { Missing = 3, Lag = TimeSpan.FromMicroseconds(1250) }], "3 changes of established connections, which are not at node 0 yet; the oldest waits for 1.3 ms" },
        { "changes wait for one of two", [Ready, Ready with { Id = 3, Missing = 4 }], "4 changes of established connections, which are not at node 3 yet; the oldest waits for 0 ms" },
        { "the tables differed", [Ready with { Missing = 9, BucketsOwed = 2 }], "up to 9 established connections: 2 of 4096 parts of them are sent to node 0 again" },
        { "the peer lacks a service", [Ready with { Lacks = true }], "established connections that are not in the table of node 0: it lacks their service, or is full (loxictl get ha there)" },
    };

    [Theory]
    [MemberData(nameof(OfAMaster))]
    public async Task AMaster_SaysWhatTheOthersDoNotHave(string because, SyncPeerStatus[] peers, string? lost)
    {
        var reading = HaPathsTests.Reading();
        var heard = reading.Roles.Peers[0];
        _server.Ha.Reading = reading with { Roles = reading.Roles with { Peers = [heard, heard with { NodeId = 3 }] }, Sync = Sync(peers) };

        (await _server.Client.GetHaAsync(Token)).WouldLose.Should().Be(lost, because);
    }

    public static TheoryData<string, SyncPeerStatus[], int, string?> OfABackup => new()
    {
        { "all is here", [Ready], 0, null },
        { "the other one does not matter", [Ready, Joining with { Id = 3, IsJoined = false, BucketsWanted = 9 }], 0, null },
        { "it comes", [Ready with { IsJoined = false, BucketsWanted = 12 }], 0, "established connections of node 0: 12 of 4096 parts of them are not here" },
        { "there was no stream", [Ready with { IsLive = false, IsJoined = false }], 0, "established connections of node 0: none of them are here" },
        { "the stream has ended", [Ready with { IsLive = false }], 0, "what has changed of established connections of node 0 since its stream ended" },
        { "the node has no pin", [], 0, "established connections of node 0: this node has no pin of it" },
        { "a service is missing", [Ready], 5, "5 established connections that are not in the table of this node: it lacks their service, or is full" },
    };

    [Theory]
    [MemberData(nameof(OfABackup))]
    public async Task ABackup_SaysWhatItDoesNotHaveOfTheMaster(string because, SyncPeerStatus[] peers, int parked, string? lost)
    {
        var reading = HaPathsTests.Reading();
        var backup = reading.Roles.Groups[0] with { Role = HelloRole.Backup, Master = 0 };
        _server.Ha.Reading = reading with { Roles = reading.Roles with { Groups = [backup] }, Sync = Sync(peers, parked) };

        (await _server.Client.GetHaAsync(Token)).WouldLose.Should().Be(lost, because);
    }

    [Fact]
    public async Task ANodeThatServesOneGroupOfTwo_SaysBoth_AndWhatNoTableCanHelp()
    {
        var reading = HaPathsTests.Reading();
        var backup = reading.Roles.Groups[0] with { Name = "other", Role = HelloRole.Backup, Master = 0 };
        _server.Ha.Reading = reading with
        {
            Roles = reading.Roles with { Groups = [reading.Roles.Groups[0], backup] },
            Sync = Sync([Ready with { Missing = 3, IsJoined = false, BucketsWanted = 12 }]),
            Services = ServiceModel.Create([OneArm("web", 80), OneArm("dns", 53)]),
        };

        (await _server.Client.GetHaAsync(Token)).WouldLose.Should().Be(
            "3 changes of established connections, which are not at node 0 yet; the oldest waits for 0 ms; and established connections of node 0: 12 of 4096 parts of them are not here; "
            + "and connections of 2 services whose endpoints see the own address of the node (dns, web): give them a source pool");
    }

    [Fact]
    public async Task StreamsLagBacklogAndTheLastRefusal_AreTold()
    {
        var refusal = new SyncRefusalStatus(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), SyncRefusal.NotPinned, "192.0.2.1:22112", "its certificate is not that of node 0");
        var engine = Ready with { Backlog = 3, InFlight = 4, Missing = 7, Lag = TimeSpan.FromMilliseconds(2), LastLag = TimeSpan.FromMilliseconds(1), Counters = new SyncPeerCounters { RecordsSent = 10, RecordsReceived = 11, RecordsResent = 12 } };
        _server.Ha.Reading = HaPathsTests.Reading() with
        {
            Sync = Sync([engine], parked: 2) with
            {
                Peers = [new SyncSpeakerPeerStatus(engine, Open, Open) { LastRefusal = refusal }],
                LastStranger = refusal with { Refusal = SyncRefusal.TlsFailed },
                Refusals = ImmutableDictionary<SyncRefusal, long>.Empty.Add(SyncRefusal.NotPinned, 5).Add(SyncRefusal.TlsFailed, 6),
            },
        };

        var status = await _server.Client.GetHaAsync(Token);

        var told = new HaSyncRefusal { Time = refusal.Time, Reason = "not-pinned", Remote = refusal.Remote, Text = refusal.Text };
        status.Sync.Should().Be(new HaSync { Ready = true, Pin = "", Entries = 20, Parked = 2, Refusals = 11, LastRefusal = told with { Reason = "tls-failed" } });
        status.Peers[0].Sync.Should().Be(new HaPeerSync
        {
            State = "ready",
            Live = true,
            Bulk = true,
            Remote = "192.0.2.1:22112",
            Lag = 2000,
            LastLag = 1000,
            Backlog = 7,
            Missing = 7,
            Sent = 10,
            Received = 11,
            Resent = 12,
            LastRefusal = told,
        });
    }

    public static TheoryData<SyncPeerStatus, string, string, string?> States => new()
    {
        { Ready with { IsLive = false }, "closed", "reason (remote)", "no stream with node 0: reason (remote)" },
        { Ready with { IsJoined = false, BucketsWanted = 4 }, "joining", "4 of 4096 parts of the table of node 0 are not here yet", "4 of 4096 parts of the table of node 0 are not here yet" },
        { Joining, "joining", "4096 of 4096 parts of this node's table are not there yet", "it begins" },
        { Ready with { IsAlive = false }, "ready", "it is not heard, and nothing comes by its stream: its process hangs", "it begins" },
        { Ready with { Lacks = true }, "ready", "its table lacks connections that it was told of: services that it does not have, or no room (loxictl get ha there)", "it begins" },
    };

    [Theory]
    [MemberData(nameof(States))]
    public async Task WhyItIsNotReady_IsSaid_OfThePeerAndOfTheNode(SyncPeerStatus engine, string state, string problem, string? ofNode)
    {
        var peer = new SyncSpeakerPeerStatus(engine, Closed, Closed) { LastRefusal = new SyncRefusalStatus(default, SyncRefusal.Unreachable, "remote", "reason") };
        _server.Ha.Reading = HaPathsTests.Reading() with { Sync = Sync([]) with { IsReady = false, Peers = [peer] } };

        var status = await _server.Client.GetHaAsync(Token);

        status.Peers[0].Sync.Should().BeEquivalentTo(new { State = state, Problem = problem });
        status.Sync.Should().BeEquivalentTo(new { Ready = false, Problem = ofNode });
    }

    [Fact]
    public async Task WithoutSync_NothingIsSaidOfIt()
    {
        _server.Ha.Reading = HaPathsTests.Reading();

        (await _server.SendAsync("GET", "/loxi/v1/ha")).Text.Should().NotContain("\"sync\"").And.Contain("\"wouldLose\":\"established connections: they are not synchronised\"");
    }

    private static Service OneArm(string name, ushort port) => new()
    {
        Key = new ServiceKey(IPAddress.Parse("192.0.2.10"), ServiceProtocol.Tcp, port),
        Name = name,
        Mode = NatMode.OneArm,
        Endpoints = [new ServiceEndpoint(IPAddress.Parse("198.51.100.1"), 80, 1)],
    };

    private static SyncSpeakerStatus Sync(SyncPeerStatus[] peers, int parked = 0) => new()
    {
        Pin = default,
        IsReady = true,
        Counters = new SyncCounters { Entries = 20, Parked = parked },
        Peers = [.. peers.Select(static p => new SyncSpeakerPeerStatus(p, Open, Open))],
        ChangesLost = 0,
        Refusals = ImmutableDictionary<SyncRefusal, long>.Empty,
        Problems = ImmutableDictionary<SyncFrameProblem, long>.Empty,
        LocalEndPoints = [],
    };
}
