using System.Net;
using FluentAssertions;
using Loxi.Node.Ha;
using Xunit;

namespace Loxi.Node.Tests.Ha;

public sealed class HostFindingsTests
{
    private static readonly HostFacts.VipLink Link = new("eth0", 1500, 0, true);
    private static readonly HostFacts.NodePath Path = new(1, IPAddress.Parse("198.51.100.2"), "eth1", "eth1", 1500, 0, 0);

    [Fact]
    public void HostAsItShouldBe_HasNone() => Of().Should().BeEmpty();

    [Fact]
    public void ClockThatNobodyKeeps() => Of(static f => f with { IsClockSynchronized = false }).Should().ContainSingle().Which.Should().StartWith("clock: ");

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1, 0, true)]
    [InlineData(0, 1, true)]
    [InlineData(1, 1, true)]
    [InlineData(2, 1, false)]
    [InlineData(1, 2, false)]
    public void StrictReversePath_OnVips_IsTheGreaterOfBoth(int own, int all, bool isFound) =>
        Of(f => f with { ReversePathOfAll = all, VipLinks = [Link with { ReversePath = own }] }).Any(static f => f.StartsWith("interface eth0 of VIPs: rp_filter is strict", StringComparison.Ordinal)).Should().Be(isFound);

    [Fact]
    public void VipsWithoutADataPlane() =>
        Of(static f => f with { VipLinks = [Link with { IsAttached = false }] }).Should().ContainSingle().Which.Should().Be("interface eth0 of VIPs: the data plane is not attached to it");

    [Theory]
    [InlineData(1279, 0, "node 1, path 198.51.100.2: packets of at most 1279 octets pass")]
    [InlineData(1500, 1400, "node 1, path 198.51.100.2: the route takes 1400 octets, its interface eth1 1500")]
    [InlineData(1400, 0, "node 1, path 198.51.100.2: MTU 1400 by eth1, 1500 on eth0 with VIPs")]
    public void PathThatIsNarrow(int link, int route, string finding) => Of(f => f with { Paths = [Path with { LinkMtu = link, RouteMtu = route }] }).Should().Contain(finding);

    [Fact]
    public void PathWiderThanVips_IsNone() => Of(static f => f with { Paths = [Path with { LinkMtu = 9000 }] }).Should().BeEmpty();

    [Fact]
    public void PathWithoutARoute() => Of(static f => f with { Paths = [Path with { Out = null, LinkMtu = 0 }] }).Should().Equal("node 1, path 198.51.100.2: no route leads to it");

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void AnswersThatTakeAnotherInterface_AreDroppedWhereItIsStrict(int reversePath, bool isFound) =>
        Of(f => f with { Paths = [Path with { In = "eth2", ReversePath = reversePath }] }).Any(static f => f.Contains("HELLOs come in by eth2, the route to the node leaves by eth1", StringComparison.Ordinal)).Should().Be(isFound);

    [Fact]
    public void EveryFinding_SaysWhatIsExpectedAndHowToMendIt() =>
        HostFindings.Of(new HostFacts
        {
            IsClockSynchronized = false,
            ReversePathOfAll = 1,
            VipLinks = [new("eth0", 9000, 1, false)],
            Paths = [Path with { Out = null }, Path with { LinkMtu = 1000 }, Path with { RouteMtu = 1400, In = "eth2" }],
        }).Should().HaveCountGreaterThan(6).And.OnlyContain(static f => f.Subject.Length > 0 && f.Found.Length > 0 && f.Expected.Length > 0 && f.Remedy.Length > 0);

    private static IEnumerable<string> Of(Func<HostFacts, HostFacts>? change = null)
    {
        var facts = new HostFacts { VipLinks = [Link], Paths = [Path] };
        return HostFindings.Of(change is null ? facts : change(facts)).Select(static f => $"{f.Subject}: {f.Found}");
    }
}
