using System.Net;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Bgp;
using Loxi.Core.Services;
using Loxi.Node.Bgp;
using Loxi.Node.Composition;
using Loxi.Node.Roles;
using Loxi.Node.State;
using Loxi.Node.Tests.Bgp;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Node.Tests.Composition;

public sealed class NodeAnnouncerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-announcer-").FullName;
    private readonly FakeBgpSpeaker _speaker = new();
    private readonly FakeAnnouncedServices _services = new();
    private readonly FakeTimeProvider _time = new();
    private readonly NodeRoles _roles;
    private readonly NodeAnnouncer _announcer;

    public NodeAnnouncerTests()
    {
        _roles = new NodeRoles(new RoleStateFile(_directory), NullLogger<NodeRoles>.Instance);
        _announcer = new NodeAnnouncer(_speaker, _services, _roles, AnnouncementOptions.Default, _time, NullLogger<NodeAnnouncer>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _roles.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Services_AreFollowed()
    {
        _services.Set("192.0.2.1");
        await _announcer.StartAsync();
        await AnnouncedAsync();
        _services.Set("192.0.2.1", "192.0.2.2");
        await AnnouncedAsync();
        _services.Set();
        await AnnouncedAsync();

        _speaker.Calls.Should().Equal("advertise 192.0.2.1/32 med 10 pref 100", "advertise 192.0.2.1/32 med 10 pref 100 192.0.2.2/32 med 10 pref 100", "advertise ");
        _speaker.Changes.Should().Equal("+192.0.2.1/32", "+192.0.2.2/32", "-192.0.2.1/32 -192.0.2.2/32");
    }

    [Fact]
    public async Task ChangeOfTheRole_ChangesTheAttributes()
    {
        _services.Set("192.0.2.1");
        await _announcer.StartAsync();
        await AnnouncedAsync();
        await PostAsync("MASTER");
        await AnnouncedAsync();
        await PostAsync("MASTER");
        await PostAsync("BACKUP");
        await AnnouncedAsync();
        await PostAsync("STOP");
        await AnnouncedAsync();

        _speaker.Calls.Should().Equal(
            "advertise 192.0.2.1/32 med 10 pref 100", "advertise 192.0.2.1/32 med 10 pref 5000", "advertise 192.0.2.1/32 med 20 pref 100 prepend 1", "advertise ");
    }

    /// <summary>R8 by BGP: the node that takes a group is told as its master at once, the one that gives it away goes on to be until routers know of both.</summary>
    [Fact]
    public async Task R8_PlannedMove_FirstTheNewNodesPreferenceRises_ThenTheOldOnesFalls()
    {
        _roles.BeginDeciding();
        _roles.Decide("llb-inst0", NodeRole.Master);
        _services.Set("192.0.2.1");
        await _announcer.StartAsync();
        await AnnouncedAsync();

        _roles.Decide("llb-inst0", NodeRole.Backup, isHeld: true);
        _services.Set("192.0.2.1", "192.0.2.2");
        await AnnouncedAsync();
        _roles.Release("llb-inst0");
        await AnnouncedAsync();

        _speaker.Calls.Should().Equal(
            "advertise 192.0.2.1/32 med 10 pref 5000",
            "advertise 192.0.2.1/32 med 10 pref 5000 192.0.2.2/32 med 10 pref 5000",
            "advertise 192.0.2.1/32 med 20 pref 100 prepend 1 192.0.2.2/32 med 20 pref 100 prepend 1");
    }

    [Fact]
    public async Task ChangeOfHealthThatChangesNothing_IsNotAnnounced()
    {
        _services.Set("192.0.2.1");
        await _announcer.StartAsync();
        await AnnouncedAsync();
        _services.Raise();
        _services.Raise();
        _services.Set("192.0.2.1", "192.0.2.2");
        await AnnouncedAsync();

        _speaker.Calls.Should().HaveCount(2);
    }

    [Fact]
    public async Task Failure_IsTriedAgain()
    {
        _speaker.Failures = 2;
        _services.Set("192.0.2.1");
        await _announcer.StartAsync();
        while (!await _speaker.Announced.WaitAsync(0, Cancellation))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        _speaker.Calls.Should().Equal("advertise 192.0.2.1/32 med 10 pref 100");
    }

    /// <summary>GRACEFUL_SHUTDOWN first, then the wait, then the withdrawal, each of them sent; then nothing is announced any more.</summary>
    [Fact]
    public async Task Leave_AsksForOtherWaysThenWithdraws()
    {
        await EstablishAsync();
        _services.Set("192.0.2.1");
        await _announcer.StartAsync();
        await AnnouncedAsync();

        var leaving = _announcer.LeaveAsync(TimeSpan.FromSeconds(1), Cancellation);
        await AnnouncedAsync();
        _time.Advance(TimeSpan.FromMilliseconds(999));
        leaving.IsCompleted.Should().BeFalse();
        _speaker.Advertisements.Should().ContainSingle();
        while (!leaving.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await leaving;
        _services.Set("192.0.2.2");

        _speaker.Calls.Skip(1).Should().Equal("advertise 192.0.2.1/32 med 10 pref 100", "advertise 192.0.2.1/32 med 10 pref 0 65535:0", "flush", "advertise ", "flush");
    }

    [Fact]
    public async Task Leave_WithNothingAnnounced_DoesNotWait()
    {
        await EstablishAsync();
        await _announcer.StartAsync();

        await _announcer.LeaveAsync(TimeSpan.FromHours(1), Cancellation);

        _speaker.Calls.Should().HaveCount(1);
    }

    [Fact]
    public async Task Leave_WithoutASession_DoesNotWait()
    {
        _services.Set("192.0.2.1");
        await _announcer.StartAsync();

        await _announcer.LeaveAsync(TimeSpan.FromHours(1), Cancellation);

        _speaker.Calls.Should().HaveCount(1, "there is nobody to tell");
    }

    [Fact]
    public async Task Leave_CutShort_StillWithdraws()
    {
        await EstablishAsync();
        _services.Set("192.0.2.1");
        await _announcer.StartAsync();
        await AnnouncedAsync();
        using var cut = new CancellationTokenSource();

        var leaving = _announcer.LeaveAsync(TimeSpan.FromHours(1), cut.Token);
        await AnnouncedAsync();
        await cut.CancelAsync();
        await leaving;

        _speaker.Advertisements.Should().BeEmpty();
    }

    /// <summary>A peer with a session.</summary>
    private Task EstablishAsync()
    {
        _speaker.Sessions["192.0.2.9"] = static report => report with { State = BgpState.Established };
        return _speaker.ApplyAsync(new BgpConfiguration(new BgpSpeakerSettings(64_500, IPAddress.Parse("192.0.2.1"))) { Peers = [new BgpPeerSettings(IPAddress.Parse("192.0.2.9"), 64_501)] });
    }

    private Task AnnouncedAsync() => _speaker.Announced.WaitAsync(Cancellation);

    private Task<RoleResult> PostAsync(string state) => _roles.PostAsync(new ClusterState { Instance = "llb-inst0", State = state }, Cancellation);
}
