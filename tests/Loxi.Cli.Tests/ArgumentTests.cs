using FluentAssertions;
using Loxi.Cli.Arguments;
using Loxi.Cli.Live;
using Loxi.Cli.Output;
using Xunit;

namespace Loxi.Cli.Tests;

public sealed class ArgumentTests
{
    [Theory]
    [InlineData("80", 80, 80, 80)]
    [InlineData("80:8080", 80, 80, 8080)]
    [InlineData("8080-8090:1", 8080, 8090, 1)]
    [InlineData("1-65535", 1, 65535, 0)]
    [InlineData("8080-8090:0", 8080, 8090, 0)]
    public void Ports_AreRead(string text, int port, int last, int target)
    {
        PortMapping.TryParse(text, out var mapping).Should().BeTrue();

        mapping.Should().Be(new PortMapping((ushort)port, (ushort)last, (ushort)target));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("80:")]
    [InlineData("80-:80")]
    [InlineData("80:0")]
    [InlineData("65536")]
    [InlineData(" 80")]
    [InlineData("80-79")]
    public void WrongPorts_AreRefused(string text) => PortMapping.TryParse(text, out _).Should().BeFalse();

    [Theory]
    [InlineData("192.0.2.1:1", "192.0.2.1", 1, false)]
    [InlineData("2001:db8::1:20", "2001:db8::1", 20, false)]
    [InlineData("[2001:db8::1]:20", "2001:db8::1", 20, false)]
    [InlineData("192.0.2.1:3:draining", "192.0.2.1", 3, true)]
    [InlineData("2001:db8::1:20:draining", "2001:db8::1", 20, true)]
    public void Endpoint_IsRead(string text, string address, int weight, bool draining)
    {
        EndpointArgument.TryParse(text, out var endpoint).Should().BeTrue();

        endpoint.Address.ToString().Should().Be(address);
        endpoint.Weight.Should().Be(weight);
        endpoint.Draining.Should().Be(draining);
    }

    [Theory]
    [InlineData("wrr", 2)]
    [InlineData("priority", 2)]
    [InlineData("LC", 4)]
    [InlineData("3", 3)]
    [InlineData("6", 6)]
    [InlineData("7", null)]
    [InlineData("-1", null)]
    [InlineData("", null)]
    public void Selection_ByNameAndNumber(string text, int? number) => NumberNames.Selection.NumberOf(text).Should().Be(number);

    [Theory]
    [InlineData("dsr", 3)]
    [InlineData("5", 5)]
    [InlineData("6", null)]
    public void Mode_ByNameAndNumber(string text, int? number) => NumberNames.Mode.NumberOf(text).Should().Be(number);

    [Fact]
    public void Format_IsAWordOnly() => new NumberNames("table", "wide").NumberOf("1").Should().BeNull();

    [Theory]
    [InlineData("lbb", "lb")]
    [InlineData("conn", "conntrack")]
    [InlineData("conntarck", "conntrack")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void Nearest_IsWhatWasMeant(string text, string? expected) => Nearest.Find(text, ["lb", "conntrack", "endpoint"]).Should().Be(expected);

    [Theory]
    [InlineData(null, null)]
    [InlineData(0.0, "0")]
    [InlineData(12.34, "12.3")]
    [InlineData(999.4, "999")]
    [InlineData(999.6, "1k")]
    [InlineData(1234.0, "1.23k")]
    [InlineData(45_600_000.0, "45.6M")]
    public void Rate_IsShort(double? rate, string? expected) => RateTable.Text(rate).Should().Be(expected);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\u001b[1mb\nc", "a\\u001b[1mb\\u000ac")]
    [InlineData("a\u202eb", "a\\u202eb")]
    [InlineData(null, "")]
    public void ControlCharacters_AreShown(string? text, string expected) => SafeText.Of(text).Should().Be(expected);
}
