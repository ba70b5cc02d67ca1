using FluentAssertions;
using Xunit;

namespace Loxi.Bfd.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void QuickStart_IsTheCodeThatCompiles()
    {
        var readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var blocks = readme.Split("```csharp\n")[1..].Select(static block => Lines(block[..block.IndexOf("\n```", StringComparison.Ordinal)])).ToArray();
        var source = Lines(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "QuickStart.cs")));
        blocks.Should().HaveCount(2).And.OnlyContain(static block => block.Length > 10);
        source.Should().ContainInOrder(blocks[0]).And.ContainInOrder(blocks[1]);
    }

    [Fact]
    public void QuickStart_Runs()
    {
        var act = QuickStart.Run;
        act.Should().NotThrow();
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
