using FluentAssertions;
using Xunit;

namespace Loxi.Bfd.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void QuickStart_IsTheCodeThatCompiles()
    {
        var readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var start = readme.IndexOf("```csharp\n", StringComparison.Ordinal) + "```csharp\n".Length;
        var quickStart = Lines(readme[start..readme.IndexOf("\n```", start, StringComparison.Ordinal)]);
        var source = Lines(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "QuickStart.cs")));
        quickStart.Should().HaveCountGreaterThan(10);
        source.Should().ContainInOrder(quickStart);
    }

    [Fact]
    public void QuickStart_Runs()
    {
        var act = QuickStart.Run;
        act.Should().NotThrow();
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
