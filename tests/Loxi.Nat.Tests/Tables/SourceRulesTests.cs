using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.Tables;
using Xunit;

namespace Loxi.Nat.Tests.Tables;

public sealed class SourceRulesTests
{
    private const string Vip4 = "203.0.113.1";
    private const string Vip6 = "2001:db8:113::1";
    private const string Endpoint4 = "192.0.2.11";
    private const string Endpoint6 = "2001:db8:2::11";
    private const string Node = "node";

    private static readonly SourcePool Pool = new() { Name = "pool", Addresses = [IPAddress.Parse("203.0.113.101"), IPAddress.Parse("2001:db8:113::101"), IPAddress.Parse("203.0.113.102")] };

    /// <summary>Mode, VIP, endpoint, private address, pool or not, egress or not; the sources.</summary>
    [Theory]
    [InlineData(NatMode.Default, Vip4, Endpoint4, null, false, false, "")]
    [InlineData(NatMode.Default, Vip6, Endpoint4, null, false, false, Node)]
    [InlineData(NatMode.Default, Vip4, Endpoint6, null, false, false, Node)]
    [InlineData(NatMode.Default, Vip4, Endpoint4, null, true, false, "203.0.113.101,203.0.113.102")]
    [InlineData(NatMode.Default, Vip4, Endpoint6, null, true, false, "2001:db8:113::101")]
    [InlineData(NatMode.Default, Vip4, Endpoint4, null, false, true, Node)]
    [InlineData(NatMode.Default, Vip4, Endpoint4, null, true, true, "203.0.113.101,203.0.113.102")]
    [InlineData(NatMode.OneArm, Vip4, Endpoint4, null, false, false, Node)]
    [InlineData(NatMode.OneArm, Vip4, Endpoint4, null, true, false, "203.0.113.101,203.0.113.102")]
    [InlineData(NatMode.HostOneArm, "0.0.0.0", Endpoint4, null, false, false, Node)]
    [InlineData(NatMode.FullNat, Vip4, Endpoint4, null, false, false, Vip4)]
    [InlineData(NatMode.FullNat, Vip4, Endpoint4, "203.0.113.9", false, false, "203.0.113.9")]
    [InlineData(NatMode.FullNat, Vip4, Endpoint6, null, false, false, "")]
    [InlineData(NatMode.FullNat, Vip4, Endpoint6, "2001:db8:113::9", false, false, "2001:db8:113::9")]
    [InlineData(NatMode.FullNat, Vip4, Endpoint4, "2001:db8:113::9", false, false, Vip4)]
    [InlineData(NatMode.FullNat, Vip4, Endpoint4, "203.0.113.9", true, false, "203.0.113.101,203.0.113.102")]
    [InlineData(NatMode.Dsr, Vip4, Endpoint4, null, false, false, Node)]
    [InlineData(NatMode.Dsr, Vip4, Endpoint6, null, false, false, Node)]
    public void Sources_AreThoseOfTheMode(NatMode mode, string vip, string endpoint, string? privateAddress, bool pooled, bool egress, string expected)
    {
        var service = ServiceOf(mode, vip, endpoint) with
        {
            PrivateAddress = privateAddress is null ? null : IPAddress.Parse(privateAddress),
            SourcePool = pooled ? Pool.Name : null,
            Egress = egress,
        };
        var node = IPAddress.Parse("198.18.0.1");

        var sources = SourceRules.Of(service, service.Endpoints[0], pooled ? Pool : null, node);

        string.Join(',', sources.Select(s => s.Equals(node) ? Node : s.ToString())).Should().Be(expected);
    }

    [Fact]
    public void NodeWithoutAWay_HasNoSource()
    {
        var service = ServiceOf(NatMode.OneArm, Vip4, Endpoint4);

        SourceRules.Of(service, service.Endpoints[0], null, null).Should().BeEmpty();
    }

    /// <summary>Which flags a service has: mode, selection, families, pool.</summary>
    [Theory]
    [InlineData(NatMode.Default, SelectionPolicy.RoundRobin, Endpoint4, false, 0)]
    [InlineData(NatMode.Default, SelectionPolicy.Hash, Endpoint4, false, Shared.ServiceLoose)]
    [InlineData(NatMode.Default, SelectionPolicy.Persist, Endpoint4, false, Shared.ServiceLoose)]
    [InlineData(NatMode.Default, SelectionPolicy.Hash, Endpoint6, false, 0)]
    [InlineData(NatMode.Default, SelectionPolicy.Hash, Endpoint4, true, Shared.ServiceSnat)]
    [InlineData(NatMode.OneArm, SelectionPolicy.Hash, Endpoint4, false, Shared.ServiceSnat)]
    [InlineData(NatMode.FullNat, SelectionPolicy.Persist, Endpoint4, false, Shared.ServiceSnat)]
    [InlineData(NatMode.HostOneArm, SelectionPolicy.Hash, Endpoint4, false, Shared.ServiceSnat)]
    [InlineData(NatMode.Dsr, SelectionPolicy.Hash, Endpoint4, false, Shared.ServiceDsr | Shared.ServiceLoose)]
    [InlineData(NatMode.Dsr, SelectionPolicy.Hash, Endpoint6, true, Shared.ServiceDsr | Shared.ServiceLoose)]
    public void Flags_AreThoseOfModeAndSelection(NatMode mode, SelectionPolicy selection, string endpoint, bool pooled, int expected) =>
        ServiceFlags.Of(ServiceOf(mode, Vip4, endpoint) with { Selection = selection, SourcePool = pooled ? Pool.Name : null }).Should().Be((uint)expected);

    [Theory]
    [InlineData(TunnelMode.Auto, 0)]
    [InlineData(TunnelMode.Ipip, Shared.ServiceTunnel)]
    [InlineData(TunnelMode.None, Shared.ServiceNoTunnel)]
    public void Tunnel_IsAFlagOfDsrOnly(TunnelMode tunnel, int expected)
    {
        var service = ServiceOf(NatMode.Dsr, Vip4, Endpoint4) with { Tunnel = tunnel };

        ServiceFlags.Of(service).Should().Be((uint)(Shared.ServiceDsr | expected));
        ServiceFlags.Of(service with { Mode = NatMode.Default }).Should().Be(0);
    }

    private static Service ServiceOf(NatMode mode, string vip, string endpoint) => new()
    {
        Key = new ServiceKey(IPAddress.Parse(vip), ServiceProtocol.Tcp, 80),
        Mode = mode,
        Endpoints = [new ServiceEndpoint(IPAddress.Parse(endpoint), 8080, 1)],
    };
}
