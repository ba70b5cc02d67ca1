using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Xunit;

namespace Loxi.Core.Tests.Services;

/// <summary>What modes, selections and the options beside them allow each other: for each rule the service that breaks it alone, and one that does not.</summary>
public sealed class ServiceValidatorModeTests
{
    private static readonly Service Tcp = Some.Service(1);
    private static readonly Service Tcp6 = Tcp with { Key = Tcp.Key with { Vip = IPAddress.Parse("2001:db8::1") } };
    private static readonly Service Range = Tcp with { Key = Tcp.Key with { PortMax = 90 } };
    private static readonly Service Dsr = Tcp with { Mode = NatMode.Dsr, Selection = SelectionPolicy.Hash, Endpoints = [At("192.0.2.1", 80)] };

    [Fact]
    public void Dsr_WithHashAndThePortOfTheService_IsValid()
    {
        Finds(Dsr);
        Finds(Dsr with { Key = Range.Key, Endpoints = [At("192.0.2.1", 80), At("192.0.2.2", 0)] });
        Finds(Dsr with { Key = Dsr.Key with { Protocol = ServiceProtocol.Icmp, Port = 0, PortMax = 0 }, Endpoints = [At("192.0.2.1", 0)] });
    }

    [Theory]
    [InlineData(SelectionPolicy.RoundRobin)]
    [InlineData(SelectionPolicy.WeightedRoundRobin)]
    [InlineData(SelectionPolicy.Persist)]
    [InlineData(SelectionPolicy.LeastConnections)]
    public void Dsr_WithAnotherSelection_IsRefused(SelectionPolicy selection) =>
        Finds(Dsr with { Selection = selection }, $"serviceArguments.sel={(int)selection}: 1 (hash) with mode 3 (dsr)");

    [Fact]
    public void Dsr_WithAnotherPort_IsRefused()
    {
        Finds(Dsr with { Endpoints = [At("192.0.2.1", 81)] }, "endpoints[0].targetPort=81: 80, the service's port, with mode 3 (dsr)");
        Finds(Dsr with { Endpoints = [At("192.0.2.1", 0)] }, "endpoints[0].targetPort=0: 80, the service's port, with mode 3 (dsr)");
        Finds(Dsr with { Key = Range.Key, Endpoints = [At("192.0.2.1", 90)] }, "endpoints[0].targetPort=90: 80, the service's port, or 0, with mode 3 (dsr)");
    }

    [Fact]
    public void Tunnel_WithoutDsr_IsRefused()
    {
        Finds(Dsr with { Tunnel = TunnelMode.Ipip });
        Finds(Dsr with { Tunnel = TunnelMode.None });
        Finds(Tcp with { Tunnel = TunnelMode.Ipip }, "serviceArguments.tunnel=ipip: auto with mode 0 (default): only 3 (dsr) has tunnels");
        Finds(Tcp with { Tunnel = TunnelMode.None, Mode = NatMode.OneArm }, "serviceArguments.tunnel=none: auto with mode 1 (onearm): only 3 (dsr) has tunnels");
    }

    [Fact]
    public void ClampMss_WhereNoSynsAreOrNothingIsLowered_IsRefused()
    {
        Finds(Dsr with { ClampMss = true });
        Finds(Tcp6 with { ClampMss = true });
        Finds(Tcp with { ClampMss = true, Key = Tcp.Key with { Protocol = ServiceProtocol.Udp } }, "serviceArguments.clampMss=true: false with protocol udp");
        Finds(Dsr with { ClampMss = true, Tunnel = TunnelMode.None }, "serviceArguments.clampMss=true: false with tunnel none");
        Finds(Tcp with { ClampMss = true, Mode = NatMode.FullProxy }, "serviceArguments.clampMss=true: false with mode 4 (fullproxy)");
    }

    [Theory]
    [InlineData(SelectionPolicy.RoundRobin, true)]
    [InlineData(SelectionPolicy.Hash, false)]
    [InlineData(SelectionPolicy.WeightedRoundRobin, true)]
    [InlineData(SelectionPolicy.Persist, false)]
    [InlineData(SelectionPolicy.LeastConnections, true)]
    public void SlowStart_OnlyWhereSharesCanGrow(SelectionPolicy selection, bool allowed) =>
        Finds(Tcp with { Selection = selection, SlowStart = TimeSpan.FromSeconds(30) }, allowed ? [] : [$"serviceArguments.slowStart=30: 0 with sel {(int)selection}: only 0 (rr), 2 (wrr) and 4 (lc) start slowly"]);

    [Fact]
    public void SlowStart_HasBounds()
    {
        Finds(Tcp with { SlowStart = TimeSpan.FromHours(1) });
        Finds(Tcp with { SlowStart = TimeSpan.FromSeconds(3601) }, "serviceArguments.slowStart=3601: whole seconds from 0 to 3600");
        Finds(Tcp with { SlowStart = TimeSpan.FromSeconds(-1) }, "serviceArguments.slowStart=-1: whole seconds from 0 to 3600");
        Finds(Tcp with { SlowStart = TimeSpan.FromMilliseconds(1500) }, "serviceArguments.slowStart=1.5: whole seconds from 0 to 3600");
    }

    [Fact]
    public void PersistTimeout_OnlyWithPersistAndUpToThirtyDays()
    {
        var persist = Tcp with { Selection = SelectionPolicy.Persist };
        Finds(persist with { PersistTimeout = TimeSpan.FromDays(30) });
        Finds(persist with { PersistTimeout = TimeSpan.FromDays(30) + TimeSpan.FromSeconds(1) }, "serviceArguments.persistTimeOut=2592001: whole seconds from 0 to 2592000");
        Finds(Tcp with { Selection = SelectionPolicy.Hash, PersistTimeout = TimeSpan.FromSeconds(60) }, "serviceArguments.persistTimeOut=60: 0 with sel 1: only 3 (persist) has it");
    }

    [Theory]
    [InlineData(NatMode.Default, true)]
    [InlineData(NatMode.OneArm, true)]
    [InlineData(NatMode.FullNat, true)]
    [InlineData(NatMode.Dsr, false)]
    [InlineData(NatMode.FullProxy, false)]
    [InlineData(NatMode.HostOneArm, false)]
    public void Egress_OnlyWhereASourceIsRewrittenForItself(NatMode mode, bool allowed)
    {
        var service = (mode == NatMode.Dsr ? Dsr : Tcp) with { Mode = mode, Egress = true };
        service = mode == NatMode.HostOneArm ? service with { Key = service.Key with { Vip = IPAddress.Any } } : service;

        Finds(service, allowed ? [] : [$"serviceArguments.egress=true: false with mode {(int)mode} ({NatModeNames.NameOf(mode)})"]);
    }

    [Fact]
    public void Egress_AnnouncedByBgp_IsRefused()
    {
        Finds(Tcp with { Bgp = true });
        Finds(Tcp with { Bgp = true, Egress = true }, "serviceArguments.bgp=true: false with egress");
    }

    [Fact]
    public void PrivateAddress_OnlyWithFullNatAndWithoutPool()
    {
        var address = IPAddress.Parse("192.0.2.99");
        Finds(Tcp with { Mode = NatMode.FullNat, PrivateAddress = address });
        Finds(Tcp with { PrivateAddress = address }, "serviceArguments.privateIP=192.0.2.99: none with mode 0 (default): only 2 (fullnat) has it");
        Finds(Tcp with { Mode = NatMode.OneArm, PrivateAddress = address }, "serviceArguments.privateIP=192.0.2.99: none with mode 1 (onearm): only 2 (fullnat) has it");
        Finds(Tcp with { Mode = NatMode.FullNat, PrivateAddress = address, SourcePool = "p" }, "serviceArguments.privateIP=192.0.2.99: none with sourcePool");
        Finds(Tcp with { Mode = NatMode.FullNat, PrivateAddress = IPAddress.Loopback }, $"serviceArguments.privateIP=127.0.0.1: {AddressRules.Usable}");
    }

    /// <summary>The endpoint would take the answers for its own.</summary>
    [Fact]
    public void PrivateAddressEqualToAnEndpoint_IsRefused()
    {
        var service = Tcp with { Mode = NatMode.FullNat, Endpoints = [At("192.0.2.1", 80), At("192.0.2.2", 80)] };
        Finds(service with { PrivateAddress = IPAddress.Parse("192.0.2.3") });
        Finds(service with { PrivateAddress = IPAddress.Parse("192.0.2.2") }, "serviceArguments.privateIP=192.0.2.2: an address of none of the endpoints");
    }

    [Theory]
    [InlineData(NatMode.Default, true)]
    [InlineData(NatMode.OneArm, true)]
    [InlineData(NatMode.FullNat, true)]
    [InlineData(NatMode.Dsr, false)]
    [InlineData(NatMode.FullProxy, false)]
    public void SourcePool_OnlyWhereASourceIsRewritten(NatMode mode, bool allowed) =>
        Finds((mode == NatMode.Dsr ? Dsr : Tcp) with { Mode = mode, SourcePool = "p" }, allowed ? [] : [$"serviceArguments.sourcePool=p: none with mode {(int)mode} ({NatModeNames.NameOf(mode)}): it rewrites no source"]);

    [Theory]
    [InlineData("a")]
    [InlineData("Pool_1.east-2")]
    public void Names_OfPoolsAndGroups_AreTakenAsTheyAre(string name) => Finds(Tcp with { SourcePool = name, VipGroup = name });

    [Theory]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("-a")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Names_OfPoolsAndGroups_ThatNoPathCanHold_AreRefused(string name) =>
        ServiceValidator.Validate(Tcp with { SourcePool = name, VipGroup = name }).Select(static p => $"{p.Field}, expected {p.Expected}").Should().BeEquivalentTo(
            $"serviceArguments.vipGroup, expected {NameRules.Expected}", $"serviceArguments.sourcePool, expected {NameRules.Expected}");

    [Fact]
    public void TargetPortZero_OnlyWithRanges()
    {
        Finds(Range with { Endpoints = [At("192.0.2.1", 0), At("192.0.2.2", 8080)] });
        Finds(Tcp with { Endpoints = [At("192.0.2.1", 0)] }, "endpoints[0].targetPort=0: 1 to 65535; 0 keeps the client's, with a port range only");
    }

    [Theory]
    [InlineData(NatMode.Default)]
    [InlineData(NatMode.OneArm)]
    public void MixedFamilies_ThatAreTranslated_AreValid(NatMode mode)
    {
        Finds(Tcp6 with { Mode = mode });
        Finds(Tcp with { Mode = mode, Endpoints = [At("2001:db8::2", 80), At("192.0.2.1", 80)] });
        Finds(Tcp6 with { Mode = mode, Egress = true });
    }

    [Fact]
    public void MixedFamilies_OfHostMode_AreValid() =>
        Finds(Tcp with { Mode = NatMode.HostOneArm, Key = Tcp.Key with { Vip = IPAddress.IPv6Any }, Endpoints = [At("192.0.2.1", 80), At("2001:db8::2", 80)] });

    [Fact]
    public void MixedFamilies_OfDsr_NeedATunnel()
    {
        var mixed = Dsr with { Endpoints = [At("192.0.2.1", 80), At("2001:db8::2", 80)] };
        Finds(mixed);
        Finds(mixed with { Tunnel = TunnelMode.Ipip });
        Finds(mixed with { Tunnel = TunnelMode.None }, "endpoints[1].endpointIP=2001:db8::2: an address of the family of externalIP 198.18.0.1 with tunnel none");
    }

    [Fact]
    public void MixedFamilies_OfSctp_AreNotTranslated()
    {
        var sctp = Tcp with { Key = Tcp.Key with { Protocol = ServiceProtocol.Sctp }, Endpoints = [At("2001:db8::2", 80)] };
        Finds(sctp, "endpoints[0].endpointIP=2001:db8::2: an address of the family of externalIP 198.18.0.1 with protocol sctp");
        Finds(sctp with { Mode = NatMode.Dsr, Selection = SelectionPolicy.Hash });
    }

    [Fact]
    public void MixedFamilies_OfFullNat_NeedASourceOfTheEndpointsFamily()
    {
        var mixed = Tcp with { Mode = NatMode.FullNat, Endpoints = [At("2001:db8::2", 80)] };
        Finds(mixed, "endpoints[0].endpointIP=2001:db8::2: an address of the family of externalIP or privateIP with mode 2 (fullnat), or a sourcePool with addresses of both families");
        Finds(mixed with { PrivateAddress = IPAddress.Parse("192.0.2.99") }, "endpoints[0].endpointIP=2001:db8::2: an address of the family of externalIP or privateIP with mode 2 (fullnat), or a sourcePool with addresses of both families");
        Finds(mixed with { PrivateAddress = IPAddress.Parse("2001:db8::99") });
        Finds(mixed with { SourcePool = "p" });
        Finds(mixed with { Endpoints = [At("192.0.2.1", 80)], PrivateAddress = IPAddress.Parse("2001:db8::99") });
    }

    [Fact]
    public void EndpointEqualToTheVip_IsRefusedInEveryMode()
    {
        foreach (var service in (Service[])[Tcp, Dsr, Tcp with { Mode = NatMode.OneArm }, Tcp with { Mode = NatMode.FullNat }])
        {
            Finds(service with { Endpoints = [new ServiceEndpoint(service.Key.Vip, 80, 1)] }, "endpoints[0].endpointIP=198.18.0.1: an address other than externalIP");
        }
    }

    [Fact]
    public void Draining_EvenOfEveryEndpoint_IsValid() => Finds(Tcp with { Endpoints = [At("192.0.2.1", 80) with { Draining = true }] });

    private static ServiceEndpoint At(string address, ushort port) => new(IPAddress.Parse(address), port, 1);

    private static void Finds(Service service, params string[] problems) =>
        ServiceValidator.Validate(service).Select(static p => $"{p.Field}={p.Value}: {p.Expected}").Should().BeEquivalentTo(problems);
}
