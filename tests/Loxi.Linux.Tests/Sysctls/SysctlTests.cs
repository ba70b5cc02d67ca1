using FluentAssertions;
using Loxi.Linux.Sysctls;
using Xunit;

namespace Loxi.Linux.Tests.Sysctls;

public sealed class SysctlTests
{
    [Theory]
    [InlineData("")]
    [InlineData("net.ipv4.ip_forward")]
    [InlineData("net//ip_forward")]
    [InlineData("/net/ipv4/ip_forward")]
    [InlineData("net/ipv4/../../../etc/passwd")]
    [InlineData("net/./ipv4")]
    [InlineData("net/ipv4/ip_forward/")]
    [InlineData("net/ipv4/ip\0forward")]
    public void Read_BadKey_IsAnArgumentError(string key) =>
        FluentActions.Invoking(() => Sysctl.Read(key)).Should().Throw<ArgumentException>();

    [Theory]
    [InlineData("../../kernel")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("")]
    public void InterfaceKey_BadName_IsAnArgumentError(string name) =>
        FluentActions.Invoking(() => Sysctl.InterfaceKey("net/ipv4/conf", name, "rp_filter")).Should().Throw<ArgumentException>();

    [Fact]
    public void InterfaceKey_Dots_StayWhole() =>
        Sysctl.InterfaceKey("net/ipv4/conf", "eth0.100", "rp_filter").Should().Be("net/ipv4/conf/eth0.100/rp_filter");

    [Fact]
    public void Read_Kernel_HasAValueWithoutNewline() => Sysctl.Read("kernel/ostype").Should().Be("Linux");

    [Fact]
    public void TryRead_Missing_IsFalseAndReadNamesIt()
    {
        Sysctl.TryRead("kernel/no_such_setting", out var value).Should().BeFalse();
        value.Should().BeNull();
        FluentActions.Invoking(static () => Sysctl.Read("kernel/no_such_setting")).Should().Throw<LinuxException>()
            .Where(static e => e.ErrorNumber == Errno.ENOENT && e.Subject == "kernel/no_such_setting");
    }

    [Theory]
    [InlineData("")]
    [InlineData("1\n2")]
    public void Write_BadValue_IsAnArgumentError(string value) =>
        FluentActions.Invoking(() => Sysctl.Write("kernel/no_such_setting", value)).Should().Throw<ArgumentException>();

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("[{\"key\":\"net/../x\",\"before\":\"0\",\"after\":\"1\"}]")]
    [InlineData("[{\"key\":\"net/ipv4/x\"}]")]
    public void Deserialize_Malformed_IsAFormatError(string text) =>
        FluentActions.Invoking(() => SysctlScope.Deserialize(text)).Should().Throw<FormatException>();
}
