using System.Net;
using FluentAssertions;
using Loxi.Bgp.Policy;
using Loxi.Bgp.Rib;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Bgp.Tests.Speaker;

public sealed class InstallationTests
{
    [Fact]
    public async Task LearnedRoutes_ComeToTheInstaller_AndGoWithTheirPeer()
    {
        FakeInstaller installer = new();
        await using var pair = new SpeakerPair(installer);
        await pair.A.SetAdvertisementsAsync([SpeakerPair.Vip(1), SpeakerPair.Vip(2)], TestContext.Current.CancellationToken);
        await pair.StartAsync();
        await SpeakerPair.UntilAsync(() => installer.Routes.Length == 2);
        await SpeakerPair.UntilAsync(() => installer.Completions == 1);

        await pair.A.StopAsync("");

        await SpeakerPair.UntilAsync(() => installer.Routes.Length == 0);
    }

    [Fact]
    public async Task InstallerThatFails_IsTriedAgain()
    {
        FakeInstaller installer = new() { Failures = 1 };
        await using var pair = new SpeakerPair(installer);
        await pair.A.SetAdvertisementsAsync([SpeakerPair.Vip(1)], TestContext.Current.CancellationToken);
        await pair.StartAsync();

        await SpeakerPair.UntilAsync(() => installer.Routes.Length == 1);
    }

    [Fact]
    public async Task InstallerThatHangs_KeepsNothingElseBack()
    {
        TaskCompletionSource never = new();
        FakeInstaller installer = new() { Open = never.Task };
        await using var pair = new SpeakerPair(installer);
        await pair.A.SetAdvertisementsAsync([SpeakerPair.Vip(1)], TestContext.Current.CancellationToken);
        await pair.StartAsync();
        await pair.RoutesOfBAsync(1);

        // What a lost session leaves is swept by the worker of the RIB.
        await pair.A.StopAsync("");

        await pair.RoutesOfBAsync(0);
        installer.Routes.Should().BeEmpty();
    }

    [Fact]
    public async Task PeersThatHaveToldAll_WhenItIsOver_AreNoFault()
    {
        SharedRib rib = new(new BgpSpeakerSettings(64_496, IPAddress.Parse("192.0.2.1")), new BgpPolicies(), new FakeInstaller(), TimeProvider.System, NullLogger.Instance);
        await rib.DisposeAsync();

        // A peer's last word and the restart time come on the pool: an exception there ends the process.
        var complete = rib.Complete;

        complete.Should().NotThrow();
    }
}
