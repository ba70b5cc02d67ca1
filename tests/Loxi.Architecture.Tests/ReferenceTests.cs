using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using FluentAssertions;
using Xunit;

namespace Loxi.Architecture.Tests;

/// <summary>The arrows between the projects: from the project files and from what the compiler wrote into the assemblies.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Loxi.Core"] = [],
        ["Loxi.Linux"] = [],
        ["Loxi.Ebpf.Native"] = ["Loxi.Linux"],
        ["Loxi.Nat"] = ["Loxi.Core", "Loxi.Linux", "Loxi.Ebpf.Native"],
        ["Loxi.Bfd"] = ["Loxi.Core", "Loxi.Linux"],
        ["Loxi.Bgp"] = ["Loxi.Core", "Loxi.Linux"],
        ["Loxi.Ha"] = ["Loxi.Core", "Loxi.Linux"],
        ["Loxi.Api"] = ["Loxi.Core"],
    };

    private static readonly string[] HostOnly = ["Microsoft.AspNetCore", "OpenTelemetry", "k8s", "KubernetesClient", "KubeOps", "Spectre.Console", "System.CommandLine"];

    private static string[] Libraries => [.. Repository.In("src").Select(p => p.Name)];

    [Fact]
    public void EveryLibrary_HasItsArrowsWrittenDown() => Libraries.Should().BeEquivalentTo(Allowed.Keys);

    [Fact]
    public void LibraryProjects_ReferenceOnlyWhatIsBelowThem()
    {
        foreach (var library in Repository.In("src"))
        {
            library.ProjectReferences.Should().BeSubsetOf(Allowed[library.Name], $"{library} is a library");
        }
    }

    [Fact]
    public void LibraryAssemblies_ReferenceOnlyWhatIsBelowThemAndNothingOfAHost()
    {
        foreach (var library in Libraries)
        {
            var references = AssemblyReferences(library);
            references.Should().Contain("System.Runtime", $"{library} is an assembly for .NET");
            references.Where(r => r.StartsWith("Loxi.", StringComparison.Ordinal)).Should().BeSubsetOf(Allowed[library], $"{library} is a library");
            references.Where(r => HostOnly.Any(h => r.StartsWith(h, StringComparison.OrdinalIgnoreCase))).Should().BeEmpty($"{library} is a library");
        }
    }

    [Fact]
    public void LibraryProjects_UseNoPackageOfAHost() =>
        Repository.In("src").SelectMany(p => p.Packages.Concat(p.Items("FrameworkReference").Select(f => f.Attribute("Include")?.Value ?? "")).Select(package => $"{p.Name}: {package}"))
            .Where(use => HostOnly.Any(h => use.Contains($": {h}", StringComparison.OrdinalIgnoreCase))).Should().BeEmpty();

    [Fact]
    public void LibraryProjects_AreNotWebProjects() =>
        Repository.In("src").Select(p => $"{p.Name}: {p.Document.Root!.Attribute("Sdk")?.Value}").Should().NotBeEmpty()
            .And.OnlyContain(p => p.EndsWith(": Microsoft.NET.Sdk", StringComparison.Ordinal));

    [Theory]
    [InlineData("hosts")]
    [InlineData("samples")]
    public void HostsAndSamples_ReferenceOnlyLibraries(string area)
    {
        var projects = Repository.In(area).ToArray();
        projects.Should().NotBeEmpty();
        foreach (var project in projects)
        {
            project.ProjectReferences.Should().NotBeEmpty().And.BeSubsetOf(Libraries, $"{project} stands on the libraries");
        }
    }

    [Fact]
    public void Hosts_AreReferencedOnlyByTheirTests()
    {
        var hosts = Repository.In("hosts").Select(p => p.Name).ToArray();
        var uses = Repository.Projects.SelectMany(p => p.ProjectReferences.Where(hosts.Contains).Select(host => (p.Name, Host: host))).ToArray();

        uses.Should().NotBeEmpty().And.OnlyContain(use => use.Name == use.Host + ".Tests" || use.Name == use.Host + ".RootTests"
            || use.Name == "Loxi.Scenarios.RootTests");
    }

    private static string[] AssemblyReferences(string library)
    {
        // This test is built into artifacts/bin/NAME/CONFIGURATION; so is the library.
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var path = Path.Combine(here.Parent!.Parent!.FullName, library, here.Name, library + ".dll");
        File.Exists(path).Should().BeTrue($"{path} is built with this test");
        using var reader = new PEReader(File.OpenRead(path));
        var metadata = reader.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
    }
}
