using System.Text.RegularExpressions;
using System.Xml.Linq;
using FluentAssertions;
using Xunit;

namespace Loxi.Architecture.Tests;

/// <summary>What every project must have, and what only some may.</summary>
public sealed class ProjectTests
{
    [Fact]
    public void UnsafeCode_IsAllowedOnlyWhereTheKernelIsSpokenTo() =>
        Repository.In("src").Concat(Repository.In("hosts")).Where(p => p.Items("AllowUnsafeBlocks").Any()).Select(p => p.Name)
            .Should().BeEquivalentTo("Loxi.Linux", "Loxi.Ebpf.Native");

    [Fact]
    public void TheSolution_HoldsEveryProject()
    {
        Directory.GetFiles(Repository.Root, "*.sln*").Select(Path.GetFileName).Should().Equal("Loxi.sln");
        var inSolution = Regex.Matches(Repository.Read("Loxi.sln"), "\"([^\"]+\\.csproj)\"").Select(m => m.Groups[1].Value.Replace('\\', '/'));

        inSolution.Should().NotBeEmpty().And.BeEquivalentTo(Repository.Projects.Select(p => p.Path));
    }

    [Fact]
    public void EveryLibrary_HasReadmeDescriptionAndDeclaredInterface()
    {
        Repository.In("src").Should().NotBeEmpty();
        foreach (var library in Repository.In("src"))
        {
            library.Items("Description").Select(d => d.Value).Should().ContainSingle(library.Name).Which.Should().NotBeNullOrWhiteSpace(library.Name);
            foreach (var file in new[] { "README.md", "PublicAPI.Shipped.txt", "PublicAPI.Unshipped.txt" })
            {
                File.Exists(Path.Combine(Repository.Root, library.Folder, file)).Should().BeTrue($"{library.Folder} needs {file}");
            }

            (Repository.Read($"{library.Folder}/PublicAPI.Shipped.txt") + Repository.Read($"{library.Folder}/PublicAPI.Unshipped.txt"))
                .Should().Contain($"{library.Name}.", "a library without public members is of no use");
        }
    }

    [Fact]
    public void PackageVersions_AreOnlyInDirectoryPackagesProps()
    {
        var references = Repository.Projects.SelectMany(p => p.Items("PackageReference").Select(r => (Project: p, Reference: r))).ToArray();

        references.Should().NotBeEmpty();
        references.Where(r => r.Reference.Attributes().Any(a => a.Name.LocalName.StartsWith("Version", StringComparison.Ordinal)) || r.Reference.Elements().Any(e => e.Name.LocalName.StartsWith("Version", StringComparison.Ordinal)))
            .Select(r => $"{r.Project}: {r.Reference}").Should().BeEmpty();
    }

    [Fact]
    public void PackageVersions_ArePinned()
    {
        var versions = XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(p => p.Attribute("Include")!.Value, p => p.Attribute("Version")!.Value);

        versions.Values.Should().NotBeEmpty().And.OnlyContain(v => Regex.IsMatch(v, @"^\d+\.\d+\.\d+(-[a-z0-9.]+)?$"));
        versions["FluentAssertions"].Should().Be("6.12.0", "later ones are not free");

        // The fake clock is versioned on its own.
        versions.Where(v => v.Key.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) && v.Key != "Microsoft.Extensions.TimeProvider.Testing")
            .Should().NotBeEmpty().And.OnlyContain(v => v.Value == "10.0.15");
    }
}
