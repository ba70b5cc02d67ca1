using System.Net;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Core.Services;
using Loxi.Node.Bgp;
using Loxi.Node.Roles;
using Xunit;

namespace Loxi.Node.Tests.Bgp;

public sealed class AnnouncementsTests
{
    /// <summary>Roles as posted, services as <c>VIP[:GROUP][!]</c> with ! for no healthy endpoint, announcements.</summary>
    public static TheoryData<string, string, string> Cases => new()
    {
        // No roles at all: equal attributes on every node.
        { "", "192.0.2.1", "192.0.2.1/32 med 10 pref 100" },
        { "", "2001:db8::1", "2001:db8::1/128 med 10 pref 100" },
        { "", "2001:db8::1 192.0.2.9 192.0.2.1:inst1", "192.0.2.1/32 med 10 pref 100, 192.0.2.9/32 med 10 pref 100, 2001:db8::1/128 med 10 pref 100" },
        { "", "", "" },
        // Roles.
        { "llb-inst0=MASTER", "192.0.2.1", "192.0.2.1/32 med 10 pref 5000" },
        { "llb-inst0=BACKUP", "192.0.2.1", "192.0.2.1/32 med 20 pref 100 prepend 1" },
        { "default=MASTER", "192.0.2.1", "192.0.2.1/32 med 10 pref 5000" },
        { "llb-inst0=FAULT", "192.0.2.1", "" },
        { "llb-inst0=STOP", "192.0.2.1", "" },
        { "llb-inst0=NOT_DEFINED", "192.0.2.1", "" },
        { "llb-inst0=MASTER llb-inst0=BACKUP", "192.0.2.1 2001:db8::1", "192.0.2.1/32 med 20 pref 100 prepend 1, 2001:db8::1/128 med 20 pref 100 prepend 1" },
        { "awaited", "192.0.2.1", "" },
        { "inst1=MASTER", "192.0.2.1 192.0.2.2:inst1", "192.0.2.2/32 med 10 pref 5000" },
        { "llb-inst0=BACKUP inst1=MASTER", "192.0.2.1 192.0.2.2:inst1", "192.0.2.1/32 med 20 pref 100 prepend 1, 192.0.2.2/32 med 10 pref 5000" },
        // One advertisement for each VIP; the best role of its groups decides, in whatever order they come.
        { "", "192.0.2.1 192.0.2.1", "192.0.2.1/32 med 10 pref 100" },
        { "llb-inst0=BACKUP inst1=MASTER", "192.0.2.1 192.0.2.1:inst1", "192.0.2.1/32 med 10 pref 5000" },
        { "llb-inst0=MASTER inst1=BACKUP", "192.0.2.1 192.0.2.1:inst1", "192.0.2.1/32 med 10 pref 5000" },
        { "llb-inst0=FAULT inst1=BACKUP", "192.0.2.1 192.0.2.1:inst1", "192.0.2.1/32 med 20 pref 100 prepend 1" },
        // Health: a VIP is withdrawn when none of its services can serve.
        { "", "192.0.2.1!", "" },
        { "", "192.0.2.1! 192.0.2.1", "192.0.2.1/32 med 10 pref 100" },
        { "", "192.0.2.1! 192.0.2.2", "192.0.2.2/32 med 10 pref 100" },
        { "llb-inst0=BACKUP inst1=MASTER", "192.0.2.1 192.0.2.1:inst1!", "192.0.2.1/32 med 20 pref 100 prepend 1" },
        { "llb-inst0=MASTER", "192.0.2.1!", "" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Services_AreAnnouncedByRoleAndHealth(string roles, string services, string expected) =>
        Make(services, RolesOf(roles), AnnouncementOptions.Default).Should().Be(expected);

    [Fact]
    public void ServiceThatIsNotForBgp_IsNotAnnounced()
    {
        var service = ServiceOf("192.0.2.1").Service;

        Announcements.Make([new AnnouncedService(service with { Bgp = false }, true)], RoleModel.None, AnnouncementOptions.Default).Should().BeEmpty();
        Announcements.Make([new AnnouncedService(service with { Bgp = false }, true), new AnnouncedService(service, true)], RoleModel.None, AnnouncementOptions.Default).Should().ContainSingle();
    }

    [Fact]
    public void UnhealthyServices_AreAnnouncedWhenThatIsAskedFor() =>
        Make("192.0.2.1!", RoleModel.None, new AnnouncementOptions { Unhealthy = true }).Should().Be("192.0.2.1/32 med 10 pref 100");

    [Fact]
    public void SecondaryAddresses_AreAnnouncedToo()
    {
        var service = ServiceOf("192.0.2.1").Service with { SecondaryAddresses = [IPAddress.Parse("198.51.100.1"), IPAddress.Parse("192.0.2.1")] };

        Announcements.Make([new AnnouncedService(service, true)], RoleModel.None, AnnouncementOptions.Default).Select(static a => $"{a.Prefix}").Should().Equal("192.0.2.1/32", "198.51.100.1/32");
    }

    /// <summary>RFC 8326: the community for external peers, local preference 0 for internal ones; what is announced stays announced.</summary>
    [Theory]
    [InlineData("", "192.0.2.1/32 med 10 pref 0 65535:0")]
    [InlineData("llb-inst0=MASTER", "192.0.2.1/32 med 10 pref 0 65535:0")]
    [InlineData("llb-inst0=BACKUP", "192.0.2.1/32 med 20 pref 0 prepend 1 65535:0")]
    [InlineData("llb-inst0=STOP", "")]
    public void NodeThatLeaves_AsksForOtherWays(string roles, string expected) =>
        Make("192.0.2.1", RolesOf(roles), new AnnouncementOptions { IsLeaving = true }).Should().Be(expected);

    private static string Make(string services, RoleModel roles, AnnouncementOptions options) =>
        string.Join(", ", Announcements.Make(services.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ServiceOf), roles, options).Select(FakeBgpSpeaker.TextOf));

    private static AnnouncedService ServiceOf(string text)
    {
        var isServed = !text.EndsWith('!');
        text = text.TrimEnd('!');
        var group = text.LastIndexOf(":inst", StringComparison.Ordinal);
        var vip = group < 0 ? text : text[..group];
        return new AnnouncedService(
            new Service
            {
                Key = new ServiceKey(IPAddress.Parse(vip), ServiceProtocol.Tcp, 80, 80, 0, ""),
                Bgp = true,
                VipGroup = group < 0 ? VipGroups.Default : text[(group + 1)..],
            },
            isServed);
    }

    private static RoleModel RolesOf(string posts)
    {
        var roles = posts == "awaited" ? RoleModel.Awaited : RoleModel.None;
        foreach (var post in posts.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(static p => p.Contains('=', StringComparison.Ordinal)))
        {
            roles.Post(new ClusterState { Instance = post.Split('=')[0], State = post.Split('=')[1], Vip = "0.0.0.0" }, out roles).Outcome.Should().Be(RoleOutcome.Done);
        }

        return roles;
    }
}
