using System.Net;
using System.Text.RegularExpressions;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Linux.Netlink;
using Loxi.Nat.Interfaces;
using Loxi.Nat.RootTests.Support;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Services with a block and interfaces with XDP exclude each other.</summary>
public sealed class BlockTests
{
    [Fact]
    public void InterfaceWithXdp_ServiceWithABlockIsRefused() => World.Run(Hook.Tc, 4, world =>
    {
        world.Balancer.Start(Policy(HookMode.Xdp));
        world.Balancer.Interfaces.Should().ContainSingle().Which.Hook.Should().Be("xdp");

        var with = () => world.With(Service(world, 0), Service(world, 7));

        with.Should().Throw<InvalidServicesException>().WithMessage("serviceArguments.block: value '7', expected 0 while interface v0 carries XDP");
        world.Balancer.Current.Should().BeEmpty();
        world.With(Service(world, 0));
    });

    [Fact]
    public void ServiceWithABlock_InterfaceGetsNoXdpWhileItIsThere() => World.Run(Hook.Tc, 4, world =>
    {
        var blocks = new BlocksOrXdp();
        var log = new EventLog();
        using var attachments = new InterfaceAttachments(world.Balancer.DataPlane, world.Options, log, blocks: blocks);
        using var client = new RtnetlinkClient();
        // A device of its own, as far as the attachments can see.
        var link = client.GetLinks().Single(l => l.Name == "v0") with { Kind = null };
        blocks.TryUseBlocks(out _).Should().BeTrue();

        attachments.Ensure(link, HookMode.Xdp, isEgressWanted: false).Should().BeFalse();
        attachments.Attached.Should().BeEmpty();
        log.Count(2015).Should().Be(1);

        attachments.Ensure(link, HookMode.Auto, isEgressWanted: false).Should().BeTrue();
        attachments.Attached.Should().ContainSingle().Which.Hook.Should().NotBe("xdp");
        attachments.Remove(link.Index);

        blocks.SetBlocks(false);
        attachments.Ensure(link, HookMode.Auto, isEgressWanted: false).Should().BeTrue();
        attachments.Attached.Should().ContainSingle().Which.Hook.Should().Be("xdp");
        blocks.TryUseBlocks(out var name).Should().BeFalse();
        name.Should().Be("v0");
        attachments.Remove(link.Index);
        blocks.TryUseBlocks(out _).Should().BeTrue();
    });

    [Fact]
    public void ServiceWithABlockOfAnEarlierProcess_Counts() => World.Run(Hook.Tc, 4, world =>
    {
        world.With(Service(world, 7));
        var next = NatBalancer.Open(world.Options);
        try
        {
            next.Start(Policy(HookMode.Xdp));
            next.Interfaces.Should().BeEmpty();
        }
        finally
        {
            next.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    });

    private static InterfacePolicy Policy(HookMode hook) => new() { Whitelist = new Regex("^v0$"), DefaultHook = hook };

    private static Service Service(World world, uint block) =>
        world.Service(ServiceProtocol.Tcp) with { Key = new ServiceKey(IPAddress.Parse(world.Vip), ServiceProtocol.Tcp, World.Port, World.Port, block, "") };
}
