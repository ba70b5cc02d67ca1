using Loxi.TestKit.Topology;

namespace Loxi.Scenarios.RootTests;

/// <summary>On native XDP, where frames have their checksums when they come.</summary>
public sealed class XdpTrafficScenario() : TrafficScenario("xdp", new LinkOptions());
