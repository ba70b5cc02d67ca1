using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Xunit;

namespace Loxi.Core.Tests.Services;

public sealed class SourcePoolTests
{
    private static readonly SourcePool East = Pool("east", "192.0.2.101", "192.0.2.102");

    [Fact]
    public void Validate_GoodPools_FindsNothing()
    {
        SourcePoolValidator.Validate(East).Should().BeEmpty();
        SourcePoolValidator.Validate(Pool("both", "192.0.2.101", "2001:db8::101")).Should().BeEmpty();
        SourcePoolValidator.Validate(SourcePools.Create([East, Pool("shared", "192.0.2.102", "192.0.2.103")])).Should().BeEmpty("pools of one group may share addresses");
        SourcePoolValidator.Validate(East with { Addresses = [.. Enumerable.Range(0, 1024).Select(static i => new IPAddress([10, 0, (byte)(i >> 8), (byte)i]))] }).Should().BeEmpty();
    }

    [Fact]
    public void Validate_BadPool_NamesEveryMember()
    {
        var bad = Pool("a/b", "192.0.2.1", "127.0.0.1", "192.0.2.1", "fe80::1", "224.0.0.1") with { VipGroup = "" };

        SourcePoolValidator.Validate(bad).Select(static p => $"{p.Field}={p.Value}: {p.Expected}").Should().BeEquivalentTo(
            $"name=a/b: {NameRules.Expected}", $"vipGroup=: {NameRules.Expected}",
            $"addresses[1]=127.0.0.1: {AddressRules.Usable}", "addresses[2]=192.0.2.1: each address once", $"addresses[3]=fe80::1: {AddressRules.Usable}", $"addresses[4]=224.0.0.1: {AddressRules.Usable}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void Validate_NumberOfAddresses_HasBounds(int count) =>
        SourcePoolValidator.Validate(East with { Addresses = [.. Enumerable.Range(0, count).Select(static i => new IPAddress([10, 0, (byte)(i >> 8), (byte)i]))] })
            .Should().ContainSingle().Which.Should().Match<Problem>(p => p.Field == "addresses" && p.Value == $"{count}" && p.Expected == "1 to 1024 addresses");

    [Fact]
    public void Validate_AddressOfAnotherGroup_NamesItsOwner()
    {
        var west = Pool("west", "192.0.2.103", "192.0.2.102") with { VipGroup = "inst1" };

        SourcePoolValidator.ValidateOwners(west, SourcePools.Create([East])).Select(static p => p.ToString()).Should().BeEquivalentTo(
            "addresses[1]: value '192.0.2.102', expected an address of no other VIP group; the pool east of llb-inst0 has it");
        SourcePoolValidator.Validate(SourcePools.Create([East, west])).Should().ContainSingle().Which.Field.Should().Be("pool west: addresses[1]");
        SourcePoolValidator.ValidateOwners(west with { Name = "east" }, SourcePools.Create([East])).Should().BeEmpty("it takes the place of the other");
        SourcePoolValidator.ValidateOwners(west with { VipGroup = VipGroups.Default }, SourcePools.Create([East])).Should().BeEmpty();
    }

    [Fact]
    public void Validate_TooManyPools_IsRefused() =>
        SourcePoolValidator.Validate(SourcePools.Create(Enumerable.Range(0, 1025).Select(static i => Pool($"p{i}", $"10.0.{i >> 8}.{i & 255}"))))
            .Should().ContainSingle().Which.Should().Match<Problem>(p => p.Field == "pools" && p.Value == "1025");

    [Fact]
    public void Validate_ServiceAndItsPool_MustFit()
    {
        var pools = SourcePools.Create([East, Pool("six", "2001:db8::101"), Pool("far", "192.0.2.201") with { VipGroup = "inst1" }]);
        var service = Some.Service(1) with { Mode = NatMode.FullNat, SourcePool = "east" };
        string[] Check(Service s, SourcePools p) => [.. SourcePoolValidator.Validate(s, p).Select(static x => x.ToString())];

        Check(service, pools).Should().BeEmpty();
        Check(service with { SourcePool = null }, SourcePools.Empty).Should().BeEmpty();
        Check(service with { SourcePool = "far", VipGroup = "inst1" }, pools).Should().BeEmpty();
        Check(service, SourcePools.Empty).Should().Equal("serviceArguments.sourcePool: value 'east', expected a source pool of this node, which has none");
        Check(service with { SourcePool = "eats" }, pools).Should().Equal("serviceArguments.sourcePool: value 'eats', expected one of the source pools east, far, six");
        Check(service with { SourcePool = "far" }, pools).Should().Equal("serviceArguments.sourcePool: value 'far', expected a pool of the VIP group llb-inst0; far is of inst1");
        Check(service with { SourcePool = "six" }, pools).Should().Equal("endpoints[0].endpointIP: value '192.0.2.1', expected an address of a family that the source pool six has addresses of");
        SourcePoolValidator.Validate(service with { SourcePool = "six" }, pools, [5, 3]).Should().ContainSingle().Which.Field.Should().Be("endpoints[5].endpointIP");
    }

    /// <summary>The endpoint would take the answers for its own.</summary>
    [Fact]
    public void Validate_PoolWithAnEndpoint_NamesTheEndpoint()
    {
        var pools = SourcePools.Create([Pool("own", "192.0.2.101", "192.0.2.1")]);
        var service = Some.Service(1) with { SourcePool = "own" };

        SourcePoolValidator.Validate(service, pools, [5, 3]).Select(static p => p.ToString()).Should().Equal("endpoints[5].endpointIP: value '192.0.2.1', expected an address that the source pool own does not give");
        SourcePoolValidator.Validate(ServiceModel.Create([service]), pools).Should().ContainSingle().Which.Field.Should().Be("tcp 198.18.0.1:80: endpoints[0].endpointIP");
    }

    [Fact]
    public void Validate_ModelWithoutItsPool_NamesTheServices()
    {
        var model = ServiceModel.Create([Some.Service(1) with { SourcePool = "east" }, Some.Service(2)]);

        SourcePoolValidator.Validate(model, SourcePools.Create([East])).Should().BeEmpty();
        SourcePoolValidator.Validate(model, SourcePools.Empty).Should().ContainSingle().Which.Field.Should().Be("tcp 198.18.0.1:80: serviceArguments.sourcePool");
    }

    [Fact]
    public void WithAndWithout_ChangeNothing_ReturnTheSameCollection()
    {
        var pools = SourcePools.Create([East]);

        pools.With(Pool("east", "192.0.2.101", "192.0.2.102")).Should().BeSameAs(pools);
        pools.Without("west").Should().BeSameAs(pools);
        pools.Without("east").IsSameAs(SourcePools.Empty).Should().BeTrue();
        pools.With(Pool("a", "192.0.2.1")).Select(static p => p.Name).Should().Equal("a", "east");
        pools.IsSameAs(pools.With(East with { VipGroup = "x" })).Should().BeFalse();
    }

    [Theory]
    [InlineData(null, "llb-inst0")]
    [InlineData("web", "llb-inst0")]
    [InlineData("default_web:llb-inst0", "llb-inst0")]
    [InlineData("web:default", "llb-inst0")]
    [InlineData("web:inst1", "inst1")]
    [InlineData("a:b:c", "c")]
    [InlineData("web:", "llb-inst0")]
    [InlineData("web: the old one", "llb-inst0")]
    public void GroupOfAService_IsTheSuffixOfItsName(string? name, string group) => VipGroups.OfService(name).Should().Be(group);

    [Theory]
    [InlineData(0, 1, 1024, 64512)]
    [InlineData(0, 2, 1024, 32256)]
    [InlineData(1, 2, 33280, 32256)]
    [InlineData(4, 5, 52633, 12903)]
    [InlineData(1023, 1024, 65473, 63)]
    public void PortSlice_CoversItsShare(int index, int count, int first, int length)
    {
        var slice = new PortSlice(index, count);

        (slice.IsValid, slice.First, slice.Length).Should().Be((true, first, length));
    }

    [Fact]
    public void PortSlices_OfEveryCount_MeetWithoutGapOrOverlap()
    {
        for (var count = 1; count <= PortSlice.MaxCount; count++)
        {
            var next = 1024;
            for (var i = 0; i < count; i++)
            {
                var slice = new PortSlice(i, count);
                slice.First.Should().Be(next);
                next += slice.Length;
            }

            next.Should().Be(65536);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 2)]
    [InlineData(2, 2)]
    [InlineData(0, 1025)]
    public void PortSlice_ThatIsNone_IsInvalid(int index, int count) => new PortSlice(index, count).IsValid.Should().BeFalse();

    private static SourcePool Pool(string name, params string[] addresses) => new() { Name = name, Addresses = [.. addresses.Select(IPAddress.Parse)] };
}
