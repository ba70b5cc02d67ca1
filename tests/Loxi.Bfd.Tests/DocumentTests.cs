using System.Reflection;
using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace Loxi.Bfd.Tests;

/// <summary>Every requirement that is tested is in the table of docs/bfd.md, and nothing is there that no test shows.</summary>
public sealed class DocumentTests
{
    [Fact]
    public void RequirementsOfTheRfcs_AreListedWithTheirTests()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "bfd.md"));
        var tests = typeof(DocumentTests).Assembly.GetTypes().SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            .Select(m => m.Name).Where(name => Regex.IsMatch(name, @"^Rfc\d+_")).Distinct().ToArray();
        var listed = Regex.Matches(page, @"`(Rfc\d+_[\w.]*)`").Select(m => m.Groups[1].Value).ToArray();

        tests.Should().HaveCountGreaterThan(100);
        listed.Where(name => !tests.Any(test => IsOf(test, name))).Should().BeEmpty("no test has that name");
        tests.Where(test => !listed.Any(name => IsOf(test, name))).Should().BeEmpty("docs/bfd.md does not name it");

        static bool IsOf(string test, string name) => name.EndsWith("...", StringComparison.Ordinal) ? test.StartsWith(name[..^3], StringComparison.Ordinal) : test == name;
    }
}
