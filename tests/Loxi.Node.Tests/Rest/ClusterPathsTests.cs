using FluentAssertions;
using Loxi.Node.Roles;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class ClusterPathsTests : IAsyncLifetime
{
    private const string Root = "/netlox/v1/config/cistate";
    private const string Success = """{"result":"Success"}""";
    private RestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Roles_LiveAsInLoxilb()
    {
        (await ListAsync()).Should().Be("""{"Attr":[{"instance":"llb-inst0","state":"NOT_DEFINED","sync":null,"vip":"0.0.0.0"}]}""");
        (await PostAsync("""{"instance":"llb-inst0","state":"MASTER","vip":"0.0.0.0"}""")).Text.Should().Be(Success);
        (await PostAsync("""{"instance":"default","state":"MASTER"}""")).Text.Should().Be(Success);
        (await ListAsync()).Should().Be("""{"Attr":[{"instance":"llb-inst0","state":"MASTER","sync":null,"vip":"0.0.0.0"}]}""");
        (await PostAsync("""{"INSTANCE":"inst1","State":"BACKUP","Vip":"192.0.2.1","sync":7,"more":{}}""")).Text.Should().Be(Success);
        (await ListAsync()).Should().Be("""{"Attr":[{"instance":"llb-inst0","state":"MASTER","sync":null,"vip":"0.0.0.0"},{"instance":"inst1","state":"BACKUP","sync":null,"vip":"192.0.2.1"}]}""");
        _server.Roles.RoleOf("inst1").Should().Be(NodeRole.Backup);
    }

    [Fact]
    public async Task UnknownState_Is400AsInLoxilb()
    {
        var answer = await PostAsync("""{"instance":"llb-inst0","state":"LEADER","vip":"x"}""");

        answer.Status.Should().Be(400);
        ((string)answer.Json!["message"]!).Should().Be("Malformed arguments for API call");
        ((string)answer.Json["result"]!).Should().StartWith("invalid cluster-state: state: value 'LEADER', expected MASTER, BACKUP, FAULT, STOP or NOT_DEFINED; vip: value 'x'");
        answer.Json["errors"]!.AsArray().Should().HaveCount(2);
        _server.Roles.AreUsed.Should().BeFalse();
    }

    private Task<RestServer.Answer> PostAsync(string body) => _server.SendAsync("POST", Root, body);

    private async Task<string> ListAsync() => (await _server.SendAsync("GET", Root + "/all")).Text;
}
