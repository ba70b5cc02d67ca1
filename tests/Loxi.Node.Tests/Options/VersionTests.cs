using System.Reflection;
using FluentAssertions;
using Loxi.Node.Composition;
using Loxi.Node.Options;
using Xunit;

namespace Loxi.Node.Tests.Options;

public sealed class VersionTests
{
    [Fact]
    public async Task Version_IsThatOfTheLibraries()
    {
        var library = typeof(Loxi.Nat.NatBalancer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        using var output = new StringWriter();

        (await NodeCommand.RunAsync(["--version"], static (_, _) => Task.FromResult(9), output, TextWriter.Null)).Should().Be(0);

        NodeStatusSource.ProgramVersion.Should().Be(library);
        library.Should().NotStartWith("1.0.0+", "that is what a build without a version says");
    }
}
