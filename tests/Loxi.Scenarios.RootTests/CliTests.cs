using FluentAssertions;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests;

public sealed class CliTests
{
    [Fact]
    public async Task Loxictl_CreatesShowsAndDeletesOnTheRealNode()
    {
        await using var scenario = await Scenario.StartAsync();
        (int ExitCode, string Output, string Error) Cli(params string[] arguments) => scenario.Lab.Node.TryExec(LabPrograms.Cli, arguments);

        var create = Cli("create", "lb", StandardLab.RoutedVipV4, "--tcp", "80:80", "--endpoints", "192.0.2.11:1,192.0.2.12:1");
        create.ExitCode.Should().Be(0, create.Error);
        (await scenario.Api.ListServicesAsync(TestContext.Current.CancellationToken)).Should().ContainSingle().Which.Endpoints.Should().HaveCount(2);
        var get = Cli("get", "lb");
        get.ExitCode.Should().Be(0, get.Error);
        get.Output.Should().Contain(StandardLab.RoutedVipV4);
        var top = Cli("top", "--count", "1");
        top.ExitCode.Should().Be(0, top.Error);
        top.Output.Should().Contain(StandardLab.RoutedVipV4);
        var delete = Cli("delete", "lb", StandardLab.RoutedVipV4, "--tcp", "80");
        delete.ExitCode.Should().Be(0, delete.Error);
        (await scenario.Api.ListServicesAsync(TestContext.Current.CancellationToken)).Should().BeEmpty();
        Cli("delete", "lb", StandardLab.RoutedVipV4, "--tcp", "80").ExitCode.Should().Be(4);
        Cli("create", "lb", "nonsense").ExitCode.Should().Be(2);
        Cli("get", "lb", "--api", "http://127.0.0.1:9").ExitCode.Should().Be(3);
    }
}
