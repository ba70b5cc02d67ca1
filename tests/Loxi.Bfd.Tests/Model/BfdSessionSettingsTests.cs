using System.Net;
using FluentAssertions;
using Loxi.Bfd.Tests.Support;
using Xunit;

namespace Loxi.Bfd.Tests.Model;

public sealed class BfdSessionSettingsTests
{
    private static BfdSessionSettings Make() => new(IPAddress.Parse("192.0.2.2"))
    {
        LocalAddress = IPAddress.Parse("192.0.2.1"),
        Interface = "eth0",
        Authentication = Keys.Of(BfdAuthenticationType.KeyedSha1, (1, "one"), (2, "two")),
    };

    [Fact]
    public void Settings_OfTheSameValues_AreEqual()
    {
        Make().Should().Be(Make());
        Make().GetHashCode().Should().Be(Make().GetHashCode());
    }

    [Fact]
    public void Settings_ThatDifferInAKey_AreNot()
    {
        Make().Should().NotBe(Make() with { Authentication = Keys.Of(BfdAuthenticationType.KeyedSha1, (1, "one"), (2, "tow")) });
        Make().Should().NotBe(Make() with { Authentication = Keys.Of(BfdAuthenticationType.KeyedSha1, (1, "one"), (3, "two")) });
        Make().Should().NotBe(Make() with { Authentication = Keys.Of(BfdAuthenticationType.KeyedMd5, (1, "one"), (2, "two")) });
        Make().Should().NotBe(Make() with { Authentication = Make().Authentication! with { ActiveKeyId = 2 } });
        Make().Should().NotBe(Make() with { Authentication = null });
    }

    [Fact]
    public void Text_ShowsNoSecret()
    {
        Make().ToString().Should().Contain("KeyedSha1 with keys 1, 2").And.NotContain("one").And.NotContain("two");
        BfdKey.FromText(4, "hidden").ToString().Should().Be("key 4, 6 bytes");
        $"{Make().Authentication!.Keys[0]}".Should().NotContain("one");
    }

    [Fact]
    public void Key_FromText_IsItsUtf8()
    {
        BfdKey.FromText(1, "grün").Secret.Should().Equal(0x67, 0x72, 0xc3, 0xbc, 0x6e);
        new BfdKey(1, default).Should().Be(new BfdKey(1, []));
    }
}
