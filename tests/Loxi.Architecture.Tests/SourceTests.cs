using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace Loxi.Architecture.Tests;

/// <summary>Rules for source files that no analyzer checks.</summary>
public sealed class SourceTests
{
    private const int LongestFile = 300;

    /// <summary>Generated from the header that the eBPF programs share.</summary>
    private static readonly string[] LongFiles = ["src/Loxi.Nat/Tables/Shared.g.cs"];

    private static string[] ProductFiles => [.. Repository.Files("src", "*.cs").Concat(Repository.Files("hosts", "*.cs"))];

    [Theory]
    [InlineData("src/Loxi.Nat/bpf")]
    [InlineData("benchmarks/Loxi.Benchmarks/bpf")]
    public void EbpfSources_SayTheirLicense(string folder)
    {
        var sources = Repository.Files(folder, "*.c").Concat(Repository.Files(folder, "*.h")).ToArray();

        sources.Should().NotBeEmpty();
        sources.Where(path => !File.ReadLines(Path.Combine(Repository.Root, path)).First().Contains("SPDX-License-Identifier: ", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public void Namespaces_AreTheFolders()
    {
        var wrong = new List<string>();
        var found = 0;
        foreach (var path in ProductFiles)
        {
            var match = Regex.Match(Repository.Read(path), @"^namespace ([\w.]+)", RegexOptions.Multiline);
            if (!match.Success)
            {
                continue;
            }

            found++;
            var folders = Path.GetDirectoryName(path)!.Split('/')[1..];
            // Extensions of the container live in its namespace, so that they are found.
            var isOfContainer = folders[^1] == "DependencyInjection" && path.EndsWith("Extensions.cs", StringComparison.Ordinal);
            if (match.Groups[1].Value != (isOfContainer ? "Microsoft.Extensions.DependencyInjection" : string.Join('.', folders)))
            {
                wrong.Add($"{path}: {match.Groups[1].Value}");
            }
        }

        found.Should().BeGreaterThan(100);
        wrong.Should().BeEmpty();
    }

    [Fact]
    public void Files_AreShort()
    {
        var lengths = ProductFiles.ToDictionary(path => path, path => File.ReadLines(Path.Combine(Repository.Root, path)).Count());

        lengths.Should().HaveCountGreaterThan(100);
        lengths.Where(f => f.Value > LongestFile).Select(f => $"{f.Key}").Should().BeEquivalentTo(LongFiles);
    }

    [Fact]
    public void NativeCalls_AreMadeOnlyWhereTheKernelIsSpokenTo()
    {
        var callers = ProductFiles.Where(path => Regex.IsMatch(Repository.Read(path), @"\[(DllImport|LibraryImport)\(")).ToArray();

        callers.Should().NotBeEmpty().And.OnlyContain(path => path.StartsWith("src/Loxi.Linux/") || path.StartsWith("src/Loxi.Ebpf.Native/"));
    }
}
