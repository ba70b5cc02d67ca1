using FluentAssertions;
using Xunit;

namespace Loxi.Bgp.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void QuickStart_IsTheCodeThatCompiles()
    {
        var readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var blocks = readme.Split("```csharp\n")[1..].Select(static block => Lines(block[..block.IndexOf("\n```", StringComparison.Ordinal)])).ToArray();
        var source = Lines(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "QuickStart.cs")));
        blocks.Should().ContainSingle().Which.Length.Should().BeGreaterThan(10);
        source.Should().ContainInOrder(blocks[0]);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
