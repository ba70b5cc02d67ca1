using System.Net;
using FluentAssertions;
using Loxi.TestKit.Controller;
using Xunit;

namespace Loxi.TestKit.Tests.Controller;

public sealed class ControllerStandInTests
{
    private const string Master = """POST /netlox/v1/config/cistate {"instance":"llb-inst0","state":"MASTER","vip":"0.0.0.0"}""";
    private const string Backup = """POST /netlox/v1/config/cistate {"instance":"llb-inst0","state":"BACKUP","vip":"0.0.0.0"}""";
    private static readonly string[] _three = ["n1", "n2", "n3"];
    private readonly FakeNodes _nodes = new();

    private static ControllerService Web => new() { Name = "default_web", ExternalIP = "203.0.113.1", Port = 80, Bgp = true, Endpoints = ["192.0.2.11:8080", "192.0.2.12:8080"] };

    [Fact]
    public async Task Start_OneMasterAndBackupsAsRecorded()
    {
        await using var controller = await ControllerStandIn.StartAsync(FakeNodes.Options(3), _nodes.Connect);

        var told = _three.Select(name => (name, Told: _nodes.Of(name))).ToList();
        told.Should().OnlyContain(node => node.Told.Count == 1);
        told.Where(node => node.Told[0] == Master).Select(node => node.name).Should().Equal(controller.Master);
        told.Count(node => node.Told[0] == Backup).Should().Be(2);
    }

    [Fact]
    public async Task Start_RoleThenBgpThenNeighboursThenServices()
    {
        var options = FakeNodes.Options() with { Bgp = new() { LocalAs = 65100, ListenPort = 1791, Mesh = true, ExternalPeers = [new("198.51.100.1", 65101)] } };
        await using var controller = await ControllerStandIn.StartAsync(options, _nodes.Connect, Web);

        _nodes.Of("n1").Should().Equal(
            controller.Master == "n1" ? Master : Backup,
            """POST /netlox/v1/config/bgp/global {"localAs":65100,"routerId":"192.0.2.1","setNextHopSelf":true,"listenPort":1791}""",
            """POST /netlox/v1/config/bgp/neigh {"ipAddress":"192.0.2.2","remoteAs":65100,"remotePort":1791}""",
            """POST /netlox/v1/config/bgp/neigh {"ipAddress":"198.51.100.1","remoteAs":65101,"remotePort":179}""",
            """POST /netlox/v1/config/loadbalancer {"serviceArguments":{"externalIP":"203.0.113.1","privateIP":"","port":80,"protocol":"tcp","sel":0,"mode":1,"BGP":true,"Monitor":false,"inactiveTimeOut":1800,"block":0,"managed":true,"probetype":"","probeport":0,"probereq":"","proberesp":"","name":"default_web:llb-inst0"},"endpoints":[{"endpointIP":"192.0.2.11","targetPort":8080,"weight":1},{"endpointIP":"192.0.2.12","targetPort":8080,"weight":1}]}""");
    }

    [Fact]
    public async Task WithoutRoles_NobodyIsMaster()
    {
        await using var controller = await ControllerStandIn.StartAsync(FakeNodes.Options() with { SetRoles = false }, _nodes.Connect, Web);

        controller.Master.Should().BeNull();
        _nodes.Requests.Should().HaveCount(2).And.OnlyContain(request => request.Contains("loadbalancer"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MasterDies_TheOtherIsTold_AndTheOldOneComesBackAsBackupWithItsServices(bool hangs)
    {
        await using var controller = await ControllerStandIn.StartAsync(FakeNodes.Options(), _nodes.Connect, Web);
        var old = controller.Master!;
        var other = old == "n1" ? "n2" : "n1";
        _nodes.Requests.Clear();

        if (hangs)
        {
            _nodes.Hang(old);
        }
        else
        {
            _nodes.Kill(old);
        }

        await controller.WaitForAsync(one => one.Kind == ControllerEventKind.Request && one.Node == other && one.Body.Contains("MASTER"), "the other is told");
        _nodes.Requests.Should().Equal($"{other} {Master}");
        _nodes.Requests.Clear();
        var services = controller.Events.Count(IsService);

        _nodes.Answer(old, HttpStatusCode.OK);
        await controller.WaitForAsync(one => IsService(one) && controller.Events.Count(IsService) > services, "services again");
        _nodes.Of(old).Should().HaveCount(2).And.HaveElementAt(0, Backup).And.Subject.Last().Should().Contain("loadbalancer");
        _nodes.Of(other).Should().BeEmpty();

        bool IsService(ControllerEvent one) => one.Node == old && one.Request.Contains("loadbalancer");
    }

    [Fact]
    public async Task TickerElection_NothingIsSaidBeforeItsTime_AndWhoReturnsBeforeIsMasterStill()
    {
        await using var controller = await ControllerStandIn.StartAsync(FakeNodes.Options() with { Election = ElectionTiming.Ticker }, _nodes.Connect);
        var old = controller.Master!;
        _nodes.Requests.Clear();
        _nodes.Kill(old);
        await controller.WaitForAsync(one => one.Kind == ControllerEventKind.Dead, "death");

        _nodes.Answer(old, HttpStatusCode.OK);
        await controller.WaitForAsync(one => one.Kind == ControllerEventKind.Request && controller.Events.Count(e => e.Kind == ControllerEventKind.Request) == 3, "told again");

        _nodes.Requests.Should().Equal($"{old} {Master}");
    }

    [Fact]
    public async Task TickerElection_ComesWithTheTicker()
    {
        var options = FakeNodes.Options() with { Election = ElectionTiming.Ticker, Ticker = TimeSpan.FromMilliseconds(300) };
        await using var controller = await ControllerStandIn.StartAsync(options, _nodes.Connect);
        _nodes.Kill(controller.Master!);

        var elected = await controller.WaitForAsync(one => one.Kind == ControllerEventKind.Elected && controller.Events.Count(e => e.Kind == ControllerEventKind.Elected) == 2, "election");

        elected.Should().NotBeNull();
        controller.Events.Last(one => one.Kind == ControllerEventKind.Elected).Node.Should().Be(controller.Master);
    }

    [Fact]
    public async Task NoNodeAnswers_WhoComesFirstIsMaster()
    {
        _nodes.Kill("n1");
        _nodes.Kill("n2");
        await using var controller = await ControllerStandIn.StartAsync(FakeNodes.Options(), _nodes.Connect);
        controller.Master.Should().BeNull();
        _nodes.Requests.Should().BeEmpty();

        _nodes.Answer("n2", HttpStatusCode.NotFound);
        await controller.WaitForAsync(one => one.Kind == ControllerEventKind.Request, "a role");

        _nodes.Requests.Should().Equal($"n2 {Master}");
        controller.Refusals.Should().ContainSingle("404 is alive for the health check, and a refusal of a post");
    }

    [Fact]
    public async Task ServicesRepeated_409IsDone_AndOtherErrorsAreRefusals()
    {
        await using var controller = await ControllerStandIn.StartAsync(FakeNodes.Options(), _nodes.Connect, Web);
        _nodes.Answer("n1", HttpStatusCode.Conflict);
        _nodes.Answer("n2", HttpStatusCode.InternalServerError, "no JSON");

        await controller.RestartAsync();

        _nodes.Of("n1").Count(request => request.Contains("loadbalancer")).Should().Be(3, "once at the begin, twice at the restart");
        controller.Refusals.Should().OnlyContain(one => one.Node == "n2" && one.Status == 500).And.HaveCount(3);
    }

    [Fact]
    public async Task RequestWithoutAnswer_NodeIsToldEverythingWhenItAnswersAgain()
    {
        await using var controller = await ControllerStandIn.StartAsync(FakeNodes.Options(), _nodes.Connect);
        _nodes.AnswerHealthChecksOnly("n1");
        await controller.PutServiceAsync(Web);
        _nodes.Answer("n1", HttpStatusCode.OK);

        await controller.WaitForAsync(one => one.Node == "n1" && one.Request.Contains("loadbalancer") && one.IsDone, "the service");

        controller.Events.Should().Contain(one => one.Node == "n1" && one.Status == null && one.Kind == ControllerEventKind.Request);
    }

    [Fact]
    public async Task DeletedService_IsDeletedAsRecorded()
    {
        await using var controller = await ControllerStandIn.StartAsync(FakeNodes.Options(), _nodes.Connect, Web);

        await controller.DeleteServiceAsync("default_web");

        _nodes.Of("n2")[^1].Should().StartWith("DELETE /netlox/v1/config/loadbalancer/externalipaddress/203.0.113.1/port/80/protocol/tcp?bgp=true&block=0 {");
        await FluentActions.Awaiting(() => controller.DeleteServiceAsync("default_web")).Should().ThrowAsync<ArgumentException>().WithMessage("*default_web*");
    }

    [Fact]
    public async Task SameSeed_SameMasterAndOrder()
    {
        List<string> first = await RunAsync(7), second = await RunAsync(7);
        first.Should().Equal(second);
        var orders = await Task.WhenAll(Enumerable.Range(1, 8).Select(RunAsync));
        orders.Select(order => string.Join('\n', order)).Distinct().Count().Should().BeGreaterThan(1, "another seed, another order");

        static async Task<List<string>> RunAsync(int seed)
        {
            var nodes = new FakeNodes();
            var options = FakeNodes.Options() with { Seed = seed, AnyOrder = true, Bgp = new() { LocalAs = 65100, Mesh = true } };
            await using var controller = await ControllerStandIn.StartAsync(options, nodes.Connect, Web);
            return [.. nodes.Of("n1"), .. nodes.Of("n2")];
        }
    }
}
