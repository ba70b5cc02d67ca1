using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using Loxi.Bfd.Tests.Support;
using Loxi.Core;
using Xunit;

namespace Loxi.Bfd.Tests.Model;

public sealed class BfdSessionValidatorTests
{
    private static readonly BfdSessionSettings Good = Bench.Settings;

    private static string[] Fields(BfdSessionSettings settings) => [.. BfdSessionValidator.Validate(settings).Select(p => p.Field)];

    [Fact]
    public void Defaults_AreRight()
    {
        BfdSessionValidator.Validate(new BfdSessionSettings(Bench.PeerAddress)).Should().BeEmpty();
        BfdSessionValidator.Validate(Good).Should().BeEmpty();
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:192.0.2.1")]
    public void PeerAddress_ThatIsNotUnicast_IsAProblem(string address)
    {
        Fields(Good with { PeerAddress = IPAddress.Parse(address), LocalAddress = null }).Should().Contain(BfdSessionFields.PeerAddress);
        Fields(Good with { LocalAddress = IPAddress.Parse(address) }).Should().Contain(BfdSessionFields.LocalAddress);
    }

    [Theory]
    [InlineData("192.0.2.2")]
    [InlineData("127.0.0.1")]
    [InlineData("2001:db8::1")]
    public void PeerAddress_ThatIsUnicast_IsNone(string address) => BfdSessionValidator.Validate(new BfdSessionSettings(IPAddress.Parse(address))).Should().BeEmpty();

    [Fact]
    public void PeerAddress_ThatIsNull_IsAProblem() => Fields(Good with { PeerAddress = null! }).Should().Equal(BfdSessionFields.PeerAddress);

    [Fact]
    public void LocalAddress_OfTheOtherFamily_IsAProblem() =>
        BfdSessionValidator.Validate(Good with { LocalAddress = IPAddress.Parse("2001:db8::1") }).Should().ContainSingle()
            .Which.ToString().Should().Be("localAddress: value '2001:db8::1', expected an address of the family of the peer 192.0.2.2");

    [Theory]
    [InlineData("192.0.2.2", "192.0.2.2", null)]
    [InlineData("fe80::1%3", "fe80::1", null)]
    public void PeerAddress_ThatIsTheOwnOne_IsAProblem(string peer, string local, string? name) =>
        Fields(new BfdSessionSettings(IPAddress.Parse(peer)) { LocalAddress = IPAddress.Parse(local), Interface = name }).Should().Equal(BfdSessionFields.PeerAddress);

    [Fact]
    public void LinkLocalPeer_NeedsAnInterfaceOrAScope()
    {
        Fields(new BfdSessionSettings(IPAddress.Parse("fe80::1"))).Should().Equal(BfdSessionFields.Interface);
        Fields(new BfdSessionSettings(IPAddress.Parse("fe80::1%2"))).Should().BeEmpty();
        Fields(new BfdSessionSettings(IPAddress.Parse("fe80::1")) { Interface = "eth0" }).Should().BeEmpty();
        Fields(new BfdSessionSettings(IPAddress.Parse("fe80::1%2")) { Kind = BfdSessionKind.Multihop }).Should().Equal(BfdSessionFields.PeerAddress);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("eth0", true)]
    [InlineData("fifteen-bytes-x", true)]
    [InlineData("sixteen-bytes-xx", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("a:b", false)]
    [InlineData("..", false)]
    [InlineData("a\u0007", false)]
    public void Interface_IsANameThatLinuxTakes(string name, bool right) => Fields(Good with { Interface = name }).Should().Equal(right ? [] : [BfdSessionFields.Interface]);

    [Theory]
    [InlineData(0, false)]
    [InlineData(2_999, false)]
    [InlineData(3_000, true)]
    [InlineData(4_294_967_295, true)]
    [InlineData(4_294_967_296, false)]
    [InlineData(-50_000, false)]
    public void Intervals_AreWithinTheirRange(long microseconds, bool right)
    {
        var interval = TimeSpan.FromMicroseconds(microseconds);
        Fields(Good with { DesiredMinTxInterval = interval }).Should().Equal(right ? [] : [BfdSessionFields.DesiredMinTxInterval]);
        Fields(Good with { RequiredMinRxInterval = interval }).Should().Equal(right ? [] : [BfdSessionFields.RequiredMinRxInterval]);
        var rightOrZero = right || microseconds == 0;
        Fields(Good with { RequiredMinEchoRxInterval = interval }).Should().Equal(rightOrZero ? [] : [BfdSessionFields.RequiredMinEchoRxInterval]);
        Fields(Good with { DesiredMinEchoTxInterval = interval }).Should().Equal(rightOrZero ? [] : [BfdSessionFields.DesiredMinEchoTxInterval]);
        Fields(Good with { Demand = true, DemandPollInterval = interval }).Should().Equal(rightOrZero ? [] : [BfdSessionFields.DemandPollInterval]);
    }

    [Fact]
    public void Interval_ThatIsNoWholeNumberOfMicroseconds_IsAProblemThatShowsIt() =>
        BfdSessionValidator.Validate(Good with { DesiredMinTxInterval = TimeSpan.FromTicks(100_005) }).Should().ContainSingle()
            .Which.ToString().Should().Be("desiredMinTxInterval: value '10000.5', expected 3000 to 4294967295 whole microseconds");

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(255, true)]
    [InlineData(256, false)]
    [InlineData(-1, false)]
    public void DetectMult_Is1To255(int multiplier, bool right) => Fields(Good with { DetectMult = multiplier }).Should().Equal(right ? [] : [BfdSessionFields.DetectMult]);

    [Theory]
    [InlineData(BfdSessionKind.SingleHop, false, 255, true)]
    [InlineData(BfdSessionKind.SingleHop, false, 254, false)]
    [InlineData(BfdSessionKind.SingleHop, true, 200, true)]
    [InlineData(BfdSessionKind.SingleHop, true, 0, false)]
    [InlineData(BfdSessionKind.Multihop, false, 1, true)]
    [InlineData(BfdSessionKind.Multihop, false, 255, true)]
    [InlineData(BfdSessionKind.Multihop, false, 256, false)]
    [InlineData(BfdSessionKind.UnaffiliatedEcho, false, 254, true)]
    [InlineData(BfdSessionKind.UnaffiliatedEcho, false, 255, false)]
    public void MinimumTtl_IsWhatTheKindAllows(BfdSessionKind kind, bool authenticated, int ttl, bool right) =>
        Fields(Good with { Kind = kind, MinimumTtl = ttl, Authentication = authenticated ? Keys.Sha1 : null }).Should().Equal(right ? [] : [BfdSessionFields.MinimumTtl]);

    [Fact]
    public void Kind_ThatIsNone_IsAProblem() => Fields(Good with { Kind = (BfdSessionKind)9 }).Should().Equal(BfdSessionFields.Kind);

    [Fact]
    public void SeveralHops_HaveNoEcho()
    {
        var echo = Good with { RequiredMinEchoRxInterval = TimeSpan.FromMilliseconds(50), DesiredMinEchoTxInterval = TimeSpan.FromMilliseconds(50), Interface = "tun0", PointToPoint = true };
        Fields(echo).Should().BeEmpty();
        Fields(echo with { Kind = BfdSessionKind.Multihop }).Should().BeEquivalentTo(BfdSessionFields.RequiredMinEchoRxInterval, BfdSessionFields.DesiredMinEchoTxInterval, BfdSessionFields.PointToPoint);
    }

    [Fact]
    public void UnaffiliatedEcho_HasNoDemandAndNoPassiveRole()
    {
        var settings = Good with { Demand = true, Passive = true };
        Fields(settings).Should().BeEmpty();
        Fields(settings with { Kind = BfdSessionKind.UnaffiliatedEcho }).Should().BeEquivalentTo(BfdSessionFields.Demand, BfdSessionFields.Passive);
    }

    [Fact]
    public void PointToPoint_NeedsAnInterface() => Fields(Good with { PointToPoint = true }).Should().Equal(BfdSessionFields.Interface);

    [Fact]
    public void DemandPollInterval_NeedsDemand() => Fields(Good with { DemandPollInterval = TimeSpan.FromSeconds(1) }).Should().Equal(BfdSessionFields.DemandPollInterval);

    [Fact]
    public void Authentication_EveryProblemIsNamedAndNoSecretShown()
    {
        var problems = BfdSessionValidator.Validate(Good with
        {
            Authentication = new BfdAuthentication((BfdAuthenticationType)9, [BfdKey.FromText(-1, "a very secret thing"), new BfdKey(5, []), BfdKey.FromText(5, "a secret that is much too long"), null!]) { ActiveKeyId = 7 },
        });
        problems.Select(p => p.Field).Should().Equal(
            "authentication.type",
            "authentication.keys[0].id",
            "authentication.keys[1].secret",
            "authentication.keys[2].id",
            "authentication.keys[2].secret",
            "authentication.keys[3]",
            "authentication.activeKeyId");
        string.Join(' ', problems).Should().NotContain("a secret").And.NotContain("a very");
    }

    [Theory]
    [InlineData(BfdAuthenticationType.SimplePassword, 16)]
    [InlineData(BfdAuthenticationType.KeyedMd5, 16)]
    [InlineData(BfdAuthenticationType.MeticulousKeyedMd5, 16)]
    [InlineData(BfdAuthenticationType.KeyedSha1, 20)]
    [InlineData(BfdAuthenticationType.MeticulousKeyedSha1, 20)]
    public void Secret_IsAsLongAsItsTypeAllows(BfdAuthenticationType type, int longest)
    {
        Fields(Good with { Authentication = Keys.Of(type, (1, new string('x', longest))) }).Should().BeEmpty();
        Fields(Good with { Authentication = Keys.Of(type, (1, new string('x', longest + 1))) }).Should().Equal("authentication.keys[0].secret");
    }

    [Fact]
    public void Authentication_WithoutKeysOrType_IsAProblem()
    {
        Fields(Good with { Authentication = new BfdAuthentication(BfdAuthenticationType.KeyedSha1, []) }).Should().Equal(BfdSessionFields.AuthenticationKeys);
        Fields(Good with { Authentication = new BfdAuthentication(BfdAuthenticationType.KeyedSha1, default(ImmutableArray<BfdKey>)) }).Should().Equal(BfdSessionFields.AuthenticationKeys);
        Fields(Good with { Authentication = Keys.Of(BfdAuthenticationType.None, (1, "x")) }).Should().Equal(BfdSessionFields.AuthenticationType);
    }

    [Fact]
    public void Problems_AreAllFoundAtOnce() =>
        Fields(new BfdSessionSettings(IPAddress.Any)
        {
            LocalAddress = IPAddress.IPv6Any,
            Interface = "",
            MinimumTtl = 0,
            DetectMult = 0,
            DesiredMinTxInterval = TimeSpan.Zero,
            RequiredMinRxInterval = TimeSpan.Zero,
            Authentication = new BfdAuthentication(BfdAuthenticationType.KeyedMd5, []),
        }).Should().BeEquivalentTo(
            BfdSessionFields.PeerAddress,
            BfdSessionFields.LocalAddress,
            BfdSessionFields.LocalAddress,
            BfdSessionFields.Interface,
            BfdSessionFields.MinimumTtl,
            BfdSessionFields.DetectMult,
            BfdSessionFields.DesiredMinTxInterval,
            BfdSessionFields.RequiredMinRxInterval,
            BfdSessionFields.AuthenticationKeys);

    [Fact]
    public void Sessions_ThatAreTheSame_AreAProblemOfTheLater()
    {
        BfdSessionSettings[] sessions =
        [
            Good,
            Good with { Kind = BfdSessionKind.Multihop },
            Good with { Interface = "eth0" },
            Good with { LocalAddress = null },
            Good with { DetectMult = 9 },
        ];
        BfdSessionValidator.Validate(sessions).Should().ContainSingle().Which.ToString()
            .Should().Be("sessions[4].peerAddress: value '192.0.2.2', expected another peer, own address, interface or kind than sessions[0] has");
    }

    [Fact]
    public void Sessions_OnOnePointToPointLink_AreTheSame()
    {
        BfdSessionSettings[] sessions = [Good with { Interface = "tun0", PointToPoint = true }, new BfdSessionSettings(IPAddress.Parse("198.51.100.1")) { Interface = "tun0", PointToPoint = true }];
        BfdSessionValidator.Validate(sessions).Should().ContainSingle().Which.Field.Should().Be("sessions[1].peerAddress");
    }

    [Fact]
    public void Sessions_ProblemsNameTheirSession() =>
        BfdSessionValidator.Validate([Good, Good with { PeerAddress = IPAddress.Parse("192.0.2.3"), DetectMult = 0 }]).Should().ContainSingle().Which.Should().BeOfType<Problem>().Which.Field.Should().Be("sessions[1].detectMult");
}
