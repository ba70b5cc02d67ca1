using FluentAssertions;
using Loxi.Tests.Shared;
using Xunit;

namespace Loxi.Bgp.Tests.Rib;

public sealed class AllocationTests
{
    [Fact]
    public void UpdateThatChangesNothing_AllocatesNothing()
    {
        var lab = new RibLab();
        var peer = lab.Transit(64501);
        _ = lab.Transit(64502).Drain();
        var update = peer.Encode(Enumerable.Range(0, 500).Select(i => RibLab.Prefix($"198.18.{i >> 8}.{i & 255}/32")), new Route { AsPath = [64501, 7], Communities = [1, 2, 3] });
        byte[] both = [.. update, .. peer.Encode([RibLab.Prefix("2001:db8:7::/48")], new Route { AsPath = [64501, 8] })];
        peer.Send(both);

        Allocations.Of(() => peer.Send(both)).Should().Be(0);
    }

    [Fact]
    public void UpdatesThatChangeRoutesAndTheirOutput_AllocateNothingOnceTheSlabsHaveGrown()
    {
        var lab = new RibLab();
        var (peer, target) = (lab.Transit(64501), lab.Transit(64502));
        var prefixes = Enumerable.Range(0, 100).Select(i => RibLab.Prefix($"198.18.{i >> 8}.{i & 255}/32")).ToList();
        byte[] both = [.. peer.Encode(prefixes, new Route { AsPath = [64501, 7] }), .. peer.Encode(prefixes, new Route { AsPath = [64501, 8] })];
        var buffer = new byte[65_536];
        void Run()
        {
            peer.Send(both);
            while (lab.Rib.TakeOutput(target.Peer, buffer) > 0)
            {
            }
        }

        Run();
        Run();
        Allocations.Of(Run).Should().Be(0);
    }
}
