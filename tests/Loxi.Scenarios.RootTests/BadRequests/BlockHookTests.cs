using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.BadRequests;

/// <summary>A service with a block needs the mark of the packet, which only TC sees.</summary>
public sealed class BlockHookTests
{
    [Fact]
    public async Task Block_IsRefusedWhileAnInterfaceCarriesXdp()
    {
        await using var scenario = await Scenario.StartAsync(hook: "tc,eth1=xdp");
        await using var server = HttpServer.Start(scenario.Lab.Endpoints[0], new ServerOptions { Name = "endpoint", Ports = [Scenario.Port] });
        var target = await scenario.AddServiceAsync(StandardLab.RoutedVipV4, endpoints: 1);
        var files = await ReadStateAsync(scenario);

        var answer = await scenario.SendAsync(HttpMethod.Post, BadRequestScenario.Services, BadRequestScenario.RequestWith("""{"block":7}"""));

        answer.Status.Should().Be(400, answer.Body);
        var body = JsonNode.Parse(answer.Body)!;
        body["result"]!.GetValue<string>().Should().Be("malformed-service error: serviceArguments.block: value '7', expected 0 while interface eth1 carries XDP");
        body["errors"]!.ToJsonString().Should().Be("""[{"field":"serviceArguments.block","value":"7","expected":"0 while interface eth1 carries XDP"}]""");
        (await scenario.Api.ListServicesAsync(TestContext.Current.CancellationToken)).Should().ContainSingle().Which.ServiceArguments!.Port.Should().Be(Scenario.Port);
        (await ReadStateAsync(scenario)).Should().Equal(files);
        await using var load = Load.StartHttp(scenario.Lab.Client, new LoadOptions { Target = target, Connections = 1, KeepAlive = false, MaxRequests = 3 });
        (await load.FinishAsync()).Failed.Should().Be(0);
    }

    [Fact]
    public async Task Block_IsAcceptedOnTcAndIsPartOfTheKey()
    {
        await using var scenario = await Scenario.StartAsync();
        async Task PostAsync(string change) => (await scenario.SendAsync(HttpMethod.Post, BadRequestScenario.Services, BadRequestScenario.RequestWith(change))).Status.Should().Be(200);

        await PostAsync("{}");
        await PostAsync("""{"block":7}""");
        await PostAsync("""{"block":4294967295}""");

        var services = await scenario.Api.ListServicesAsync(TestContext.Current.CancellationToken);
        services.Select(static service => service.ServiceArguments!.Block ?? 0).Should().BeEquivalentTo(new long[] { 0, 7, uint.MaxValue });
    }

    private static async Task<string[]> ReadStateAsync(Scenario scenario) =>
        await Task.WhenAll(Directory.GetFiles(scenario.StateDirectory, "services*").Order(StringComparer.Ordinal).Select(static file => File.ReadAllTextAsync(file)));
}
