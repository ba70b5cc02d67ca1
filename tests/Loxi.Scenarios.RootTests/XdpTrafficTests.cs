using Xunit;

namespace Loxi.Scenarios.RootTests;

public sealed class XdpTrafficTests(XdpTrafficScenario shared) : TrafficTests(shared), IClassFixture<XdpTrafficScenario>
{
    [Fact]
    public async Task Status_ShowsXdp() => await ShowsHookAsync("xdp");
}
