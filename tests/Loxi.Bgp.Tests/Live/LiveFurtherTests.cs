using FluentAssertions;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Tests.Wire;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Live;

/// <summary>Rows of the bad input list that are more than one input.</summary>
public sealed class LiveFurtherTests
{
    private const byte Both = Optional | Transitive;

    [Fact]
    [Trait("Row", "A21")]
    public async Task A21_NextHopIsTheReceivers_IsWithdrawn()
    {
        await using var lab = await LiveLab.StartAsync();
        var peer = await lab.EstablishAsync();
        await peer.SendAsync(Announce(OriginIgp, PathOfPeer, Attribute(Transitive, 3, lab.OwnAddress.GetAddressBytes())));
        await lab.Witness.UntilLostAsync(LiveLab.Route4);
        lab.Report.Counters.TreatedAsWithdrawn.Should().Be(1);
        lab.Report.State.Should().Be(BgpState.Established);
    }

    /// <summary>A message of 4,096 octets that grows by our AS is not for a peer that takes no more; the version before it is withdrawn there.</summary>
    [Fact]
    [Trait("Row", "A50b")]
    public async Task A50b_MessageThatGrowsBeyondThePeersLimit_IsWithdrawnThere()
    {
        await using var lab = await LiveLab.StartAsync();
        var peer = await lab.EstablishAsync();
        var rest = 4096 - Announce(Mandatory).Length - 4;
        var message = Announce(Mandatory, Attribute(Both | Extended, 200, new byte[rest]));
        message.Should().HaveCount(4096);
        await peer.SendAsync(message);
        await lab.Witness.UntilLostAsync(LiveLab.Route4);

        lab.Find(BgpRouteKind.Received, LiveLab.Route4)!.Med.Should().BeNull("the route stays here");
        lab.Report.State.Should().Be(BgpState.Established);
        lab.WitnessIsUntouched();
        await peer.SendAsync(Announce(Mandatory));
        await lab.Witness.UntilHasAsync(LiveLab.Route4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Row", "A50c")]
    public async Task A50c_ExtendedMessageOf8000Octets_IsPassedOnToAnExtendedPeerOnly(bool isExtended)
    {
        var extended = Capability(6);
        await using var lab = await LiveLab.StartAsync(witnessOpen: isExtended ? LiveCase.OpenOf(LiveLab.WitnessAs, false, extended) : null);
        var peer = await lab.EstablishAsync(LiveCase.OpenOf(LiveLab.PeerAs, false, extended));
        var message = Announce(Mandatory, Attribute(Both | Extended, 200, new byte[8000 - Announce(Mandatory).Length - 4]));
        message.Should().HaveCount(8000);
        await peer.SendAsync(message);
        if (isExtended)
        {
            await lab.Witness.UntilAsync(() => lab.Witness.Routes[LiveLab.Route4].Attributes.ContainsKey(200));
        }
        else
        {
            await lab.Witness.UntilLostAsync(LiveLab.Route4);
        }

        lab.Find(BgpRouteKind.Received, LiveLab.Route4).Should().NotBeNull();
        lab.WitnessIsUntouched();
    }
}
