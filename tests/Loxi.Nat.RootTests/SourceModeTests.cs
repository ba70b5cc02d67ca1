using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Modes that rewrite the source of connections: every protocol, there and back, byte for byte.</summary>
public sealed class SourceModeTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void Default_KeepsTheClient(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol));
            new Conversation(world, protocol).Check();
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void OneArm_ComesFromTheNode(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol) with { Mode = NatMode.OneArm });
            new Conversation(world, protocol) { Source = world.Node }.Check();
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void FullNat_ComesFromTheVip(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol) with { Mode = NatMode.FullNat });
            new Conversation(world, protocol) { Source = world.Vip }.Check();
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void FullNatWithPrivateAddress_ComesFromThere(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol) with { Mode = NatMode.FullNat, PrivateAddress = IPAddress.Parse(world.OtherVip) });
            new Conversation(world, protocol) { Source = world.OtherVip }.Check();
        }
    });

    /// <summary>An odd payload, and one without any: the last byte of a sum has no pair.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void AnyLengthOfData_IsSummedRight(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol) with { Mode = NatMode.OneArm });
            ushort port = 30000;
            foreach (var length in (int[])[0, 1, 2, 3, 63, 64, 65, 700])
            {
                new Conversation(world, protocol) { Source = world.Node, Data = Packet.Counting(length), ClientPort = port++ }.Check();
            }
        }
    });

    /// <summary>RFC 4787 REQ-2, "paired": one client has one address of the pool, whatever it talks to.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Pool_GivesEachClientOneOfItsAddresses(Hook hook, int family) => World.Run(hook, family, world =>
    {
        string[] addresses = [.. Enumerable.Range(101, 4).Select(i => family == 4 ? $"203.0.113.{i}" : $"2001:db8:113::{i}")];
        world.Pools(new SourcePool { Name = "pool", Addresses = [.. addresses.Select(IPAddress.Parse)] });
        var given = new Dictionary<string, string>();
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol) with { SourcePool = "pool" });
            for (var i = 0; i < 16; i++)
            {
                var client = family == 4 ? $"198.51.100.{20 + i}" : $"2001:db8:100::{20 + i}";
                var probe = new Conversation(world, protocol) { Client = client };
                var source = world.Send(probe.First(world.ToVip(client), (ushort)(39000 + i), World.Port)).Packet.Source!.ToString();
                addresses.Should().Contain(source);
                if (given.TryGetValue(client, out var before))
                {
                    source.Should().Be(before, $"{protocol} of {client}");
                }

                given[client] = source;
                new Conversation(world, protocol) { Client = client, Source = source, ClientPort = (ushort)(40000 + i) }.Check();
            }
        }

        given.Values.Distinct().Should().HaveCountGreaterThan(1, "clients share the pool");
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void HostOneArm_IsAtEveryAddressOfTheNode(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var address = world.OtherVip;
        world.SetLocal(world.Node);
        world.SetLocal(address);
        foreach (var protocol in Conversation.Protocols)
        {
            var service = world.Service(protocol, vip: family == 4 ? "0.0.0.0" : "::") with { Mode = NatMode.HostOneArm };
            world.With(service);
            foreach (var vip in (string[])[world.Node, address])
            {
                new Conversation(world, protocol) { Vip = vip, Source = world.Node, ClientPort = (ushort)(vip == address ? 40001 : 40000) }.Check();
            }

            Expect.Untouched(world.Send(new Conversation(world, protocol).First(world.ToVip(), 40000, World.Port)));
            world.SetLocal(address, false);
            Expect.Untouched(world.Send(new Conversation(world, protocol).First(world.ToVip(vip: address), 41000, World.Port)));
            world.SetLocal(address);
        }
    });

    /// <summary>The client's own port is taken: another one of the slice.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void TwoClientsWithOnePort_GetDifferentOnes(Hook hook, int family) => World.Run(
        hook,
        family,
        world =>
        {
            foreach (var protocol in Conversation.Protocols)
            {
                world.With(world.Service(protocol) with { Mode = NatMode.OneArm });
                new Conversation(world, protocol) { Source = world.Node, ClientPort = 40000 }.Check();
                var other = new Conversation(world, protocol) { Source = world.Node, ClientPort = 40000, Client = world.OtherClient };
                var sent = world.Send(other.First(world.ToVip(world.OtherClient), 40000, World.Port));
                var port = protocol == ServiceProtocol.Icmp ? (ushort)(sent.Packet.IcmpRest >> 16) : sent.Packet.SourcePort;
                port.Should().NotBe(40000).And.BeInRange(33280, 65535, "the second half is this node's");
                var second = other with { SourcePort = port };
                second.There(second.First);
                second.Back(second.Answer);
                second.There(second.Next);
            }
        },
        World.SmallOptions with { PortSlice = new PortSlice(1, 2) });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void EndpointThatIsTheClient_SeesTheVip(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol));
            var self = world.Endpoint(0);
            new Conversation(world, protocol) { Client = self, ClientMac = World.EndpointMac(0), Source = world.Vip }.Check();
        }
    });

    /// <summary>An endpoint on the node itself: its own address would answer to itself. Nothing but the destination changes, and the kernel takes it.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void EndpointOnTheNode_IsLeftToTheKernelWithTheClientsAddress(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.SetLocal(world.Node);
        foreach (var mode in (NatMode[])[NatMode.Default, NatMode.OneArm, NatMode.FullNat])
        {
            foreach (var protocol in Conversation.Protocols)
            {
                var service = world.Service(protocol) with { Mode = mode };
                world.With(service with { Endpoints = [.. service.Endpoints.Select(e => e with { Address = IPAddress.Parse(world.Node) })] });
                var conversation = new Conversation(world, protocol);
                var port = (ushort)(40000 + (int)mode);
                var sent = world.Send(conversation.First(world.ToVip(), port, World.Port));

                var expected = conversation.First(Packet.Ip(world.Client, world.Node).WithMacs(World.ClientMac, World.NodeMac), port, World.EndpointPort);
                Expect.Sent(sent, expected, $"{mode} {protocol}", hook == Hook.Tc ? Verdict.PassRewritten : Verdict.Pass);
                Expect.Sent(
                    world.Send(conversation.Answer(Packet.Ip(world.Node, world.Client).WithMacs(World.EndpointMac(0), World.NodeMac), World.EndpointPort, port)),
                    conversation.Answer(Packet.Ip(world.Vip, world.Client).WithMacs(World.NodeMac, World.ClientMac).WithTtl(63), World.Port, port),
                    $"{mode} {protocol} back");
            }
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void WithoutASourceAddress_IsRefused(Hook hook, int family) => World.Run(hook, family, world =>
    {
        // The way to the endpoint is gone when the service comes.
        World.Ip(family == 4 ? "addr del 192.0.2.1/24 dev v0" : "addr del 2001:db8:2::1/64 dev v0");
        world.With(world.Service(ServiceProtocol.Tcp) with { Mode = NatMode.OneArm });

        world.Send(world.ToVip().Tcp(40000, World.Port)).Verdict.Should().Be(Verdict.Drop);

        world.TakePunts().Should().Equal(RawReason.RefusedNoSource);
        world.Flows.Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void TaggedClients_GetTheirTagsBack(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var mode in (NatMode[])[NatMode.Default, NatMode.OneArm, NatMode.FullNat])
        {
            foreach (var protocol in Conversation.Protocols)
            {
                world.With(world.Service(protocol) with { Mode = mode });
                var plain = new Conversation(world, protocol) { Source = mode switch { NatMode.OneArm => world.Node, NatMode.FullNat => world.Vip, _ => world.Client } };
                (plain with { ClientPort = (ushort)(40000 + (int)mode), Tags = [(100, 0x8100)] }).Check();
                (plain with { ClientPort = (ushort)(41000 + (int)mode), Tags = [(100, 0x88a8), (200, 0x8100)] }).Check();
            }
        }
    });
}
