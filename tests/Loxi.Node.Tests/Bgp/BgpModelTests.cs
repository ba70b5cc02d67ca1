using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Bgp;
using Loxi.Node.Bgp;
using Xunit;

namespace Loxi.Node.Tests.Bgp;

public sealed class BgpModelTests
{
    [Fact]
    public void Peers_AreLimited()
    {
        var model = BgpModel.Empty;
        for (var i = 0; i < BgpModel.Limit; i++)
        {
            model.PutPeer(new BgpNeighborArguments { IPAddress = $"10.0.{i / 256}.{i % 256}", RemoteAs = 1 }, out model).Outcome.Should().Be(BgpOutcome.Done);
        }

        model.PutPeer(new BgpNeighborArguments { IPAddress = "192.0.2.1", RemoteAs = 1 }, out var same).Outcome.Should().Be(BgpOutcome.LimitReached);
        same.Should().BeSameAs(model);
        model.PutPeer(new BgpNeighborArguments { IPAddress = "10.0.0.7", RemoteAs = 2 }, out _).Outcome.Should().Be(BgpOutcome.Done);
    }

    [Fact]
    public void Configuration_HasPeersInOrderAndPolicies()
    {
        var configuration = BgpSamples.Everything().ToConfiguration(new BgpDefaults())!;

        configuration.Peers.Select(static p => $"{p.Address} {p.Interface} {p.NextHopSelf}").Should().Equal("192.0.2.2  True", "2001:db8:1::2 eth0 False", "fe80::2 eth1 True", "fe80::2 eth2 True");
        configuration.PeerRanges.Select(static r => $"{r.Network} {r.Settings.Interface} {r.Limit} {r.Settings.NextHopSelf}").Should().Equal("198.51.100.0/24  10 False", "fe80::/10 eth1 100 True");
        configuration.Policies.Policies.Should().ContainSingle();
        BgpConfigurationValidator.Validate(configuration).Should().BeEmpty();
    }

    [Fact]
    public void Arguments_OfEverything_AreReadBackAsTheyWere()
    {
        var model = BgpSamples.Everything();

        foreach (var peer in model.InOrder)
        {
            model.PutPeer(BgpWire.ToArguments(peer, withPassword: true), out var same).Outcome.Should().Be(BgpOutcome.Unchanged);
            same.Should().BeSameAs(model);
        }

        model.RangesInOrder.Should().HaveCount(2);
        foreach (var range in model.RangesInOrder)
        {
            model.PutRange(BgpWire.ToArguments(range, withPassword: true), out var same).Outcome.Should().Be(BgpOutcome.Unchanged);
            same.Should().BeSameAs(model);
        }
    }

    /// <summary>A member that is added to the settings of the library must be one of the wire too.</summary>
    [Fact]
    public void EverySetting_IsAMemberOfTheWire()
    {
        var settings = BgpSamples.Everything().InOrder.Single(static p => p.Settings.Description.Length != 0).Settings;
        var usual = new BgpPeerSettings(settings.Address, 1);

        typeof(BgpPeerSettings).GetProperties().Where(static p => p.CanWrite && p.Name is not ("Address" or "NextHopSelf" or "TcpAo"))
            .Where(p => Equals(TextOf(p.GetValue(settings)), TextOf(p.GetValue(usual)))).Select(static p => p.Name).Should().BeEmpty();
    }

    private static string TextOf(object? value) => value is System.Collections.IEnumerable and not string ? string.Join(',', ((System.Collections.IEnumerable)value).Cast<object>()) : $"{value}";
}
