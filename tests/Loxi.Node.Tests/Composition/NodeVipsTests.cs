using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using FluentAssertions;
using Loxi.Core.Roles;
using Loxi.Node.Composition;
using Loxi.Node.Ha;
using Loxi.Node.Tests.Ha;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Node.Tests.Composition;

/// <summary>What becomes of roles on the links.</summary>
public sealed class NodeVipsTests : IAsyncDisposable
{
    private static readonly IPAddress Vip = IPAddress.Parse("192.0.2.10");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.11");
    private readonly FakeNeighbours _neighbours = new();
    private readonly HaHarness _ha = new();
    private readonly NodeVips _vips;

    public NodeVipsTests() => _vips = new NodeVips(_neighbours, _ha.Moves, NullLogger<NodeVips>.Instance);

    public ValueTask DisposeAsync() => _ha.DisposeAsync();

    [Fact]
    public async Task MasterIsAnnounced_AgainWhenToldAgain_AndTakenAway()
    {
        await _vips.DeclareAsync(Groups(Vip));

        _vips.Announce("a", []);
        _vips.Announce("a", []);
        _vips.StopAnnouncing("a");

        _neighbours.Told.Should().Equal("a master", "a master", "a again", "a backup");
    }

    [Fact]
    public async Task GroupThatIsDeclaredAfterItsRole_BeginsWithIt_WithoutTheAddressesThatOthersHave()
    {
        _vips.Announce("a", [Vip, IPAddress.Parse("192.0.2.99")]);
        _neighbours.Told.Should().BeEmpty("nobody has said which addresses it has");

        await _vips.DeclareAsync(Groups(Vip, Other));

        var group = _neighbours.Groups.Single();
        group.IsMaster.Should().BeTrue();
        group.Withheld.Should().Equal(Vip);
        _vips.StopAnnouncing("a");
        await _vips.DeclareAsync(Groups(Vip));
        _neighbours.Groups.Single().IsMaster.Should().BeFalse();
    }

    [Fact]
    public async Task Probe_AsksForWhatIsStillInTheGroup()
    {
        await _vips.DeclareAsync(Groups(Vip));
        _neighbours.Claims = [new AddressClaim(Vip, "eth0", PhysicalAddress.Parse("02:4c:58:00:03:00"))];

        (await _vips.ProbeVipsAsync("a", [])).Should().Equal(Vip);
        (await _vips.ProbeVipsAsync("a", [Vip, Other])).Should().Equal(Vip);
        (await _vips.ProbeVipsAsync("a", [Other])).Should().BeEmpty();
        (await _vips.ProbeVipsAsync("b", [])).Should().BeEmpty();

        _neighbours.Told.Should().Equal("a probe all", "a probe 192.0.2.10");
    }

    [Fact]
    public async Task AddressThatCannotBeTaken_DoesNotEndAnything()
    {
        await _vips.DeclareAsync(Groups(Vip));
        _neighbours.RoleRefusal = new InvalidOperationException("no");

        _vips.Announce("a", []);
        _vips.StopAnnouncing("a");

        _neighbours.Told.Should().Equal("a master", "a backup");
    }

    private static ImmutableArray<VipGroup> Groups(params IPAddress[] addresses) =>
        [new VipGroup("a", [.. addresses.Select(static a => new AnnouncedAddress(a, AddressPlacement.Interface, "eth0"))], true, 1)];
}
