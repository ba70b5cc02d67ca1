using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests.Modes;

public sealed class XdpModeTests(XdpModeTests.Fixture shared) : ModeTests(shared), IClassFixture<XdpModeTests.Fixture>
{
    /// <summary>On native XDP, where frames have their checksums when they come.</summary>
    public sealed class Fixture() : ModeLab("xdp", new LinkOptions());
}
