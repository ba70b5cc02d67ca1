using FluentAssertions;
using Loxi.Ha.Transport;
using Xunit;

namespace Loxi.Ha.Tests.Transport;

public sealed class HelloKeyFileTests : IDisposable
{
    private const string Secret = "00112233445566778899aabbccddeeff";
    private readonly string _path = Path.GetTempFileName();

    public HelloKeyFileTests() => File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

    [Fact]
    public void Lines_AreKeys()
    {
        File.WriteAllText(_path, $"# pair\n\n1 {Secret}\n 65535\t{Secret}{Secret}\n");
        HelloKeyFile.Read(_path).Should().Equal(new HelloKey(1, Convert.FromHexString(Secret)), new HelloKey(65535, Convert.FromHexString(Secret + Secret)));
    }

    [Fact]
    public void AllThatIsWrong_IsSaidAtOnce_WithoutSecrets()
    {
        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        File.WriteAllText(_path, $"0 {Secret}\n1 {Secret}\n1 {Secret}\n2 {Secret[..^1]}\n3\n4 zz{Secret}\n{Secret} 7\n");

        var act = () => HelloKeyFile.Read(_path);

        var problems = act.Should().Throw<InvalidRoleSpeakerSettingsException>().Which.Problems;
        problems.Select(static p => p.Field[(p.Field.IndexOf(',', StringComparison.Ordinal) + 1)..].Trim()).Should().Equal(_path, "line 1", "line 3", "line 4", "line 5", "line 6", "line 7", "line 7");
        problems[0].ToString().Should().Contain("mode 640").And.Contain("chmod 600");
        problems.Should().NotContain(static p => p.ToString().Contains("112233", StringComparison.Ordinal));
    }

    [Fact]
    public void NoKey_IsSaid()
    {
        File.WriteAllText(_path, "# none\n");
        FluentActions.Invoking(() => HelloKeyFile.Read(_path)).Should().Throw<InvalidRoleSpeakerSettingsException>().WithMessage("*no key*");
    }

    public void Dispose() => File.Delete(_path);
}
