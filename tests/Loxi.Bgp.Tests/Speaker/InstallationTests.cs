using FluentAssertions;
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
}
