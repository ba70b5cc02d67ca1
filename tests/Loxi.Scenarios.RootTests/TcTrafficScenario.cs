using Loxi.TestKit.Topology;

namespace Loxi.Scenarios.RootTests;

/// <summary>On TC, where checksums are left to the device and sockets send segments of up to 64 KiB (GSO).</summary>
public sealed class TcTrafficScenario() : TrafficScenario("tc", new LinkOptions { ChecksumOffload = true });
