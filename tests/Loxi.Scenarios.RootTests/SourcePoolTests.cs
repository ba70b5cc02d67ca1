using FluentAssertions;
using Loxi.Api.Client;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests;

public sealed class SourcePoolTests
{
    private const string Addresses = "192.0.2.101,192.0.2.102";

    [Fact]
    public async Task PoolOfAService_OutlivesAKillAndGoesAfterTheService()
    {
        await using var scenario = await Scenario.StartAsync(null, "tc", "--egr-hooks", "--self", "1", "--port-slices", "2");
        var token = TestContext.Current.CancellationToken;
        scenario.Lab.Node.Exec(LabPrograms.Cli, "create", "pool", "east", "--addresses", Addresses);
        await scenario.AddServiceAsync(StandardLab.RoutedVipV4, change: static arguments => arguments with { Mode = 1, SourcePool = "east", SlowStart = 30 });

        await scenario.Daemon.KillAsync();
        await scenario.StartDaemonAsync();

        (await scenario.Api.ListPoolsAsync(token)).Should().ContainSingle().Which.Addresses.Should().Equal(Addresses.Split(','));
        (await scenario.Api.ListServicesAsync(token)).Should().ContainSingle().Which.ServiceArguments!.Should().BeEquivalentTo(new { Mode = 1L, SourcePool = "east", SlowStart = 30L });
        (await scenario.Api.Awaiting(api => api.DeletePoolAsync("east", token)).Should().ThrowAsync<LoxiApiException>()).WithMessage("*409 pool-in-use error*");

        // In order: the whole file is the truth.
        (await scenario.Daemon.StopAsync()).Should().Be(0, scenario.Daemon.Tail());
        await scenario.StartDaemonAsync();
        scenario.Lab.Node.Exec(LabPrograms.Cli, "delete", "lb", StandardLab.RoutedVipV4, "--tcp", $"{Scenario.Port}");
        scenario.Lab.Node.Exec(LabPrograms.Cli, "delete", "pool", "east");
        (await scenario.Api.ListPoolsAsync(token)).Should().BeEmpty();
    }
}
