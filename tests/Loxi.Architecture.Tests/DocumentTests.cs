using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace Loxi.Architecture.Tests;

/// <summary>What operators read says all that the code does.</summary>
public sealed class DocumentTests
{
    private const string Operations = "docs/operations.md";

    [Fact]
    public void LogEvents_HaveAnIdOfTheirOwnThatOperationsLists()
    {
        var events = Repository.Files("src", "*.cs").Concat(Repository.Files("hosts", "*.cs"))
            .SelectMany(path => Regex.Matches(Repository.Read(path), @"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(\d+)").Select(m => (Id: m.Groups[1].Value, Path: path)))
            .ToArray();
        var documented = Rows("## Log events").SelectMany(row => Regex.Matches(row.Split('|')[1], @"\d+").Select(m => m.Value)).ToArray();

        events.Should().HaveCountGreaterThan(20);
        events.GroupBy(e => e.Id).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(e => e.Path))}").Should().BeEmpty();
        documented.Should().OnlyHaveUniqueItems().And.BeEquivalentTo(events.Select(e => e.Id));
    }

    [Fact]
    public void LogEvents_AreWrittenWithTheirIdFirst() =>
        Repository.Files("src", "*.cs").Concat(Repository.Files("hosts", "*.cs"))
            .Where(path => Regex.IsMatch(Repository.Read(path), @"\[LoggerMessage\((?!\s*(?:EventId\s*=\s*)?\d)")).Should().BeEmpty("an event without an id cannot be listed");

    [Fact]
    public void Instruments_AreListedInOperations()
    {
        var meters = Repository.Files("src", "*Metrics.cs").Concat(Repository.Files("hosts", "*Metrics.cs")).ToArray();
        var instruments = meters.SelectMany(path => Regex.Matches(Repository.Read(path), @"_meter\.Create\w+\(\s*""([^""]+)""").Select(m => m.Groups[1].Value)).ToArray();
        var documented = Rows("## Metrics").SelectMany(row => Regex.Matches(row.Split('|')[1], "`([^`]+)`").Select(m => m.Groups[1].Value)).ToArray();

        meters.Should().HaveCountGreaterThan(1);
        instruments.Should().HaveCountGreaterThan(25);
        documented.Should().BeEquivalentTo(instruments);
    }

    /// <summary>Every requirement that is tested is in the tables of the data plane's page, and nothing is there that no test shows.</summary>
    [Fact]
    public void RequirementsOfTheRfcs_AreListedWithTheirTests()
    {
        const string Page = "docs/dataplane.md";
        var tests = Repository.Files("tests/Loxi.Nat.RootTests", "Rfc*Tests.cs")
            .SelectMany(path => Regex.Matches(Repository.Read(path), @"public void (Rfc\d+_Req\d+_\w+)\(").Select(m => m.Groups[1].Value)).ToArray();
        var listed = Regex.Matches(Repository.Read(Page), @"`(Rfc\d+_Req\d+_[\w.]*)`").Select(m => m.Groups[1].Value).ToArray();

        tests.Should().HaveCountGreaterThan(30);
        listed.Where(name => !tests.Any(test => IsOf(test, name))).Should().BeEmpty("no test has that name");
        tests.Where(test => !listed.Any(name => IsOf(test, name))).Should().BeEmpty($"{Page} does not name it");

        // "Rfc5382_Req2_..." stands for all of the item.
        static bool IsOf(string test, string name) => name.EndsWith("...", StringComparison.Ordinal) ? test.StartsWith(name[..^3], StringComparison.Ordinal) : test == name;
    }

    /// <summary>No item of an RFC is left out: each has a test of its number, or is said not to apply.</summary>
    [Theory]
    [InlineData("4787 (UDP)", 14)]
    [InlineData("5382 (TCP)", 10)]
    [InlineData("5508 (ICMP)", 11)]
    public void EveryRequirementOfAnRfc_HasATestOrDoesNotApply(string rfc, int items)
    {
        var rows = Repository.Read("docs/dataplane.md").Split('\n').SkipWhile(line => !line.StartsWith($"| RFC {rfc} |", StringComparison.Ordinal))
            .TakeWhile(line => line.StartsWith('|')).Skip(2).Select(line => line.Split('|')).Select(cells => (Item: Regex.Match(cells[1], @"REQ-(\d+)").Groups[1].Value, Test: cells[^2].Trim())).ToArray();

        rows.Select(row => row.Item).Should().Equal(Enumerable.Range(1, items).Select(item => $"{item}"));
        rows.Where(row => row.Test != "not applicable" && !row.Test.StartsWith($"`Rfc{rfc[..4]}_Req{row.Item}_", StringComparison.Ordinal)).Should().BeEmpty();
    }

    /// <summary>The rows of the first table below a heading, without its head.</summary>
    private static string[] Rows(string heading)
    {
        var rows = Repository.Read(Operations).Split('\n').SkipWhile(line => line != heading).SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2).ToArray();
        rows.Should().NotBeEmpty($"{Operations} has a table below {heading}");
        return rows;
    }
}
