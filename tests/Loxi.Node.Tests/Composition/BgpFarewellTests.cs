using FluentAssertions;
using Loxi.Bgp;
using Loxi.Node.Bgp;
using Loxi.Node.Composition;
using Loxi.Node.Options;
using Loxi.Node.State;
using Loxi.Node.Tests.Bgp;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Node.Tests.Composition;

public sealed class BgpFarewellTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-farewell-").FullName;
    private readonly FakeBgpSpeaker _speaker = new();
    private readonly FakeAnnouncedServices _services = new();
    private readonly NodeRoles _roles;
    private readonly NodeAnnouncer _announcer;

    public BgpFarewellTests()
    {
        _roles = new NodeRoles(new RoleStateFile(_directory), NullLogger<NodeRoles>.Instance);
        _announcer = new NodeAnnouncer(_speaker, _services, _roles, AnnouncementOptions.Default, new FakeTimeProvider(), NullLogger<NodeAnnouncer>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _roles.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Leave_TakesBackAndTellsEverybody()
    {
        await StopAsync(BgpStopMode.Leave);

        _speaker.Calls.Should().Equal("advertise 192.0.2.1/32 med 10 pref 100", "advertise 192.0.2.1/32 med 10 pref 0 65535:0", "flush", "advertise ", "flush", "stop \"loxid stops\"");
    }

    [Fact]
    public async Task Restart_TakesNothingBack_AndFollowsNothingMore()
    {
        await StopAsync(BgpStopMode.Restart);
        _services.Set();

        _speaker.Calls.Should().Equal("advertise 192.0.2.1/32 med 10 pref 100", "restart \"loxid stops\"");
    }

    private async Task StopAsync(BgpStopMode mode)
    {
        var router = new BgpPeerSettings(System.Net.IPAddress.Parse("192.0.2.254"), 65_001);
        await _speaker.ApplyAsync(new BgpConfiguration(new BgpSpeakerSettings(64_512, System.Net.IPAddress.Parse("192.0.2.9"))) { Peers = [router] });
        _speaker.Sessions["192.0.2.254"] = static report => report with { State = BgpState.Established };
        _speaker.Calls.Clear();
        _services.Set("192.0.2.1");
        await _announcer.StartAsync();
        // Not disposed: that would stop the speaker once more.
        var bgp = new NodeBgp(_speaker, new BgpStateFile(_directory), new BgpDefaults(), new StubBgpHost(), NullLogger<NodeBgp>.Instance);
        await new BgpFarewell(_announcer, bgp, new NodeOptions { BgpStop = mode, BgpDrain = TimeSpan.Zero }).StoppingAsync(Cancellation);
    }
}
