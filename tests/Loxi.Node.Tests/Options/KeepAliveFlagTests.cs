using System.Net;
using FluentAssertions;
using Loxi.Core;
using Loxi.Node.Options;
using Xunit;

namespace Loxi.Node.Tests.Options;

public sealed class KeepAliveFlagTests
{
    private const string Grammar = "PEER[:SELF[:MICROSECONDS]] with IPv6 addresses in brackets, such as 192.0.2.2:192.0.2.1:100000 or [2001:db8::2]:[2001:db8::1]; or none";
    private const string Unicast = "a unicast IPv4 or IPv6 address that is not unspecified, broadcast or IPv4-mapped";
    private const string Range = "3000 to 4294967295 whole microseconds";

    [Theory]
    [InlineData("192.0.2.2", "192.0.2.2", null, null, 100_000)]
    [InlineData("192.0.2.2:192.0.2.1", "192.0.2.2", "192.0.2.1", null, 100_000)]
    [InlineData("192.0.2.2:0.0.0.0", "192.0.2.2", null, null, 100_000)]
    [InlineData("192.0.2.2:0.0.0.0:200000", "192.0.2.2", null, null, 200_000)]
    [InlineData("192.0.2.2:192.0.2.1:3000", "192.0.2.2", "192.0.2.1", null, 3_000)]
    [InlineData("192.0.2.2:192.0.2.1:4294967295", "192.0.2.2", "192.0.2.1", null, 4_294_967_295)]
    [InlineData("[2001:db8::2]", "2001:db8::2", null, null, 100_000)]
    [InlineData("[2001:db8::2]:[2001:db8::1]:50000", "2001:db8::2", "2001:db8::1", null, 50_000)]
    [InlineData("[2001:db8::2]:[::]:50000", "2001:db8::2", null, null, 50_000)]
    [InlineData("[fe80::2%eth0]", "fe80::2", null, "eth0", 100_000)]
    [InlineData("[fe80::2%eth0]:[fe80::1]:50000", "fe80::2", "fe80::1", "eth0", 50_000)]
    [InlineData("[fe80::2%eth0]:[fe80::1%eth0]", "fe80::2", "fe80::1", "eth0", 100_000)]
    public void Value_IsRead(string text, string peer, string? self, string? interfaceName, long microseconds)
    {
        var problems = new List<Problem>();

        var settings = KeepAliveFlag.Read(text, problems)!.Settings;

        problems.Should().BeEmpty();
        settings.PeerAddress.Should().Be(IPAddress.Parse(peer));
        settings.LocalAddress?.ToString().Should().Be(self);
        settings.Interface.Should().Be(interfaceName);
        settings.DesiredMinTxInterval.Should().Be(TimeSpan.FromTicks(microseconds * TimeSpan.TicksPerMicrosecond));
        settings.RequiredMinRxInterval.Should().Be(settings.DesiredMinTxInterval);
        settings.DetectMult.Should().Be(3);
    }

    [Fact]
    public void None_IsNoSession()
    {
        var problems = new List<Problem>();

        KeepAliveFlag.Read("none", problems).Should().BeNull();

        problems.Should().BeEmpty();
    }

    [Theory]
    [InlineData("", Grammar)]
    [InlineData(":", Grammar)]
    [InlineData("192.0.2.2:", Grammar)]
    [InlineData("192.0.2.2::100000", Grammar)]
    [InlineData("192.0.2.2:192.0.2.1:100000:3", Grammar)]
    [InlineData("2001:db8::2", Grammar)]
    [InlineData("[2001:db8::2", Grammar)]
    [InlineData("2001:db8::2]", Grammar)]
    [InlineData("None", "an IPv4 address, or an IPv6 address in brackets, as PEER; 'None' is not that")]
    [InlineData("node2", "an IPv4 address, or an IPv6 address in brackets, as PEER; 'node2' is not that")]
    [InlineData("[192.0.2.2]", "an IPv4 address, or an IPv6 address in brackets, as PEER; '[192.0.2.2]' is not that")]
    [InlineData("[2001:db8::2]x", "an IPv4 address, or an IPv6 address in brackets, as PEER; '[2001:db8::2]x' is not that")]
    [InlineData("192.0.2.2:eth0", "an IPv4 address, or an IPv6 address in brackets, as SELF; 'eth0' is not that")]
    [InlineData("[fe80::2%eth0]:[fe80::1%eth1]", "an IPv4 address, or an IPv6 address in brackets, as SELF; '[fe80::1%eth1]' is not that")]
    [InlineData("192.0.2.2:0.0.0.0:fast", "a whole number as MICROSECONDS; 'fast' is not that")]
    [InlineData("192.0.2.2:0.0.0.0:-1", "a whole number as MICROSECONDS; '-1' is not that")]
    [InlineData("192.0.2.2:0.0.0.0:99999999999999999999", "a whole number as MICROSECONDS; '99999999999999999999' is not that")]
    [InlineData("192.0.2.2:0.0.0.0:2999", "as MICROSECONDS " + Range)]
    [InlineData("192.0.2.2:0.0.0.0:0", "as MICROSECONDS " + Range)]
    [InlineData("192.0.2.2:0.0.0.0:4294967296", "as MICROSECONDS " + Range)]
    [InlineData("192.0.2.2:0.0.0.0:9223372036854775807", "as MICROSECONDS " + Range)]
    [InlineData("0.0.0.0", "as PEER " + Unicast)]
    [InlineData("224.0.0.1", "as PEER " + Unicast)]
    [InlineData("255.255.255.255", "as PEER " + Unicast)]
    [InlineData("[ff02::1]", "as PEER " + Unicast)]
    [InlineData("[::ffff:192.0.2.2]", "as PEER " + Unicast)]
    [InlineData("192.0.2.2:239.1.1.1", "as SELF " + Unicast + ", or 0.0.0.0")]
    [InlineData("192.0.2.2:192.0.2.2", "as PEER another address than the own one")]
    [InlineData("192.0.2.2:[2001:db8::1]", "as SELF an address of the family of the peer 192.0.2.2, or 0.0.0.0")]
    [InlineData("[2001:db8::2]:192.0.2.1", "as SELF an address of the family of the peer 2001:db8::2, or 0.0.0.0")]
    [InlineData("[fe80::2]", "the interface of a link-local PEER, such as [fe80::2%eth0]")]
    [InlineData("[fe80::2%a b]", "as interface 1 to 15 bytes without white space, '/' and ':', not '.' or '..'")]
    public void WrongValue_IsOneProblemWithWhatWasExpected(string text, string expected)
    {
        var problems = new List<Problem>();

        KeepAliveFlag.Read(text, problems).Should().BeNull();

        problems.Should().Equal(Problem.Of("--ka", text, expected));
    }

    [Theory]
    [InlineData("a:b:c", "PEER", "SELF", "MICROSECONDS")]
    [InlineData("224.0.0.1:[2001:db8::1]:1", "PEER", "SELF", "MICROSECONDS")]
    public void SeveralWrongParts_AreAllNamed(string text, params string[] parts)
    {
        var problems = new List<Problem>();

        KeepAliveFlag.Read(text, problems).Should().BeNull();

        problems.Should().HaveCount(parts.Length);
        problems.Zip(parts).Should().OnlyContain(p => p.First.Expected.Contains(p.Second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task WrongValue_EndsTheStartWithTwo()
    {
        using var error = new StringWriter();

        var code = await NodeCommand.RunAsync(["--ka=192.0.2.2:192.0.2.2:5", "--port=0"], static (_, _) => Task.FromResult(99), TextWriter.Null, error);

        code.Should().Be(2);
        error.ToString().Split('\n').Should().Equal(
            "loxid: --ka: value '192.0.2.2:192.0.2.2:5', expected as PEER another address than the own one",
            "loxid: --ka: value '192.0.2.2:192.0.2.2:5', expected as MICROSECONDS " + Range,
            "loxid: --port: value '0', expected 1 to 65535",
            "loxid: --help lists the flags",
            "");
    }
}
