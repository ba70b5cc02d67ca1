using FluentAssertions;
using Loxi.Bgp.Tests.Session.Support;
using Xunit;

namespace Loxi.Bgp.Tests.Session;

/// <summary>Two sessions over a simulated network: they always end with exactly one connection, the same on both sides.</summary>
public sealed class SimulationTests
{
    private const int Seeds = 300;

    public static TheoryData<uint, string, uint, string> Speakers => new()
    {
        { 64_512, "192.0.2.1", 64_513, "192.0.2.2" },
        { 64_512, "192.0.2.2", 64_513, "192.0.2.1" },
        { 64_512, "192.0.2.1", 64_512, "192.0.2.2" },
        { 64_512, "192.0.2.9", 64_513, "192.0.2.9" },
        { 64_513, "192.0.2.9", 64_512, "192.0.2.9" },
    };

    [Theory]
    [MemberData(nameof(Speakers))]
    public void Collision_BothStart_OneConnectionStaysAndNoSessionFlaps(uint firstAs, string firstId, uint secondAs, string secondId)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var pair = new SimulatedPair(seed, firstAs, firstId, secondAs, secondId);
            pair.Start();
            pair.Run(TimeSpan.FromSeconds(10));

            pair.AreEstablished.Should().BeTrue($"seed {seed}: {pair.First.State}, {pair.Second.State}");
            pair.OpenWires.Should().Be(1, $"seed {seed}");
            (pair.First.LostCount + pair.Second.LostCount).Should().Be(0, $"seed {seed}: a collision ends before either side is Established");
        }
    }

    [Theory]
    [MemberData(nameof(Speakers))]
    public void LossOfConnections_AlwaysConverges(uint firstAs, string firstId, uint secondAs, string secondId)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var pair = new SimulatedPair(seed, firstAs, firstId, secondAs, secondId) { ConnectLoss = 0.5 };
            pair.Start();
            for (var round = 0; round < 5; round++)
            {
                pair.Run(TimeSpan.FromMilliseconds(new Random((seed * 10) + round).Next(1, 3000)));
                pair.Break();
            }

            pair.ConnectLoss = 0;
            pair.Run(TimeSpan.FromSeconds(120));

            pair.AreEstablished.Should().BeTrue($"seed {seed}: {pair.First.State}, {pair.Second.State}");
            pair.OpenWires.Should().Be(1, $"seed {seed}");
        }
    }
}
