using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Xunit;

namespace Loxi.Ha.Tests.Transport;

public sealed class RoleSpeakerValidatorTests
{
    private static readonly RoleSpeakerSettings Good = new()
    {
        NodeId = 0,
        Peers = [new RolePeer(1) { Paths = [new RolePath(IPAddress.Parse("192.0.2.2")), new RolePath(IPAddress.Parse("fe80::2")) { Interface = "eth1" }] }],
        Groups = [new RoleGroup("default")],
    };

    private static readonly HelloKey Key = new(1, new byte[32]);

    public static TheoryData<string, RoleSpeakerSettings> Wrong => new()
    {
        { "nodeId", Good with { NodeId = 2 } },
        { "peers[0].nodeId", Good with { NodeId = 1 } },
        { "slices", Good with { Slices = 65 } },
        { "peers", Good with { Peers = [] } },
        { "peers", Good with { Source = RoleSource.External } },
        { "peers[1].nodeId", Good with { Slices = 3, Peers = [Good.Peers[0], new RolePeer(1) { Paths = [new RolePath(IPAddress.Parse("192.0.2.3"))] }] } },
        { "peers[1].paths[0].peerAddress", Good with { Slices = 3, Peers = [Good.Peers[0], new RolePeer(2) { Paths = [new RolePath(IPAddress.Parse("192.0.2.2"))] }] } },
        { "peers[0].paths", Good with { Peers = [new RolePeer(1)] } },
        { "peers[0].paths[0].peerAddress", To(new RolePath(IPAddress.Parse("224.0.0.1"))) },
        { "peers[0].paths[0].localAddress", To(new RolePath(IPAddress.Parse("192.0.2.2")) { LocalAddress = IPAddress.Parse("2001:db8::1") }) },
        { "peers[0].paths[0].peerAddress", To(new RolePath(IPAddress.Parse("192.0.2.2")) { LocalAddress = IPAddress.Parse("192.0.2.2") }) },
        { "peers[0].paths[0].interface", To(new RolePath(IPAddress.Parse("fe80::2"))) },
        { "peers[0].paths[0].interface", To(new RolePath(IPAddress.Parse("192.0.2.2")) { Interface = "a name too long" + "1" }) },
        { "groups[0].name", Good with { Groups = [new RoleGroup("with space")] } },
        { "groups[0].name", Good with { Groups = [new RoleGroup(new string('x', 64))] } },
        { "groups[1].name", Good with { Groups = [new RoleGroup("a"), new RoleGroup("a")] } },
        { "interval", Good with { Interval = TimeSpan.FromMilliseconds(9) } },
        { "multiplier", Good with { Multiplier = 1 } },
        { "aliveAhead", Good with { AliveAhead = TimeSpan.FromMilliseconds(1) } },
        { "authentication.mode", Good with { Authentication = new HelloAuthentication { Required = true } } },
        { "authentication.keys", Good with { Authentication = new HelloAuthentication { Mode = HelloAuthenticationMode.Enforce } } },
        { "authentication.keys", Good with { Authentication = new HelloAuthentication { Keys = [Key] } } },
        { "authentication.keys", Good with { Authentication = new HelloAuthentication { Mode = HelloAuthenticationMode.Enforce, Keys = [Key, Key] } } },
        { "authentication.sendKeyId", Good with { Authentication = new HelloAuthentication { Mode = HelloAuthenticationMode.Enforce, Keys = [Key], SendKeyId = 2 } } },
    };

    [Fact]
    public void Good_HasNoProblem() => RoleSpeakerValidator.Validate(Good).Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Wrong_IsNamed(string field, RoleSpeakerSettings settings) => RoleSpeakerValidator.Validate(settings).Select(static p => p.Field).Should().Equal(field);

    [Fact]
    public void AllProblems_AreSaidAtOnce() =>
        RoleSpeakerValidator.Validate(Good with { Interval = TimeSpan.Zero, Multiplier = 99, Groups = [new RoleGroup("")], Slices = 0 }).Should().HaveCountGreaterThan(4);

    private static RoleSpeakerSettings To(RolePath path) => Good with { Peers = [new RolePeer(1) { Paths = [path] }] };
}
