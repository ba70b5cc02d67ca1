using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests.Modes;

public sealed class TcModeTests(TcModeTests.Fixture shared) : ModeTests(shared), IClassFixture<TcModeTests.Fixture>
{
    /// <summary>On TC, where checksums are left to the device and sockets send segments of up to 64 KiB (GSO).</summary>
    public sealed class Fixture() : ModeLab("tc", new LinkOptions { ChecksumOffload = true });
}
