using System.Xml.Linq;

namespace Loxi.Architecture.Tests;

/// <summary>The repository that this test was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<Project> Projects { get; } = [.. new[] { "src", "hosts", "samples", "tests", "benchmarks", "fuzz" }
        .SelectMany(area => Files(area, "*.csproj")).Select(path => new Project(path, XDocument.Load(Path.Combine(Root, path))))];

    public static IEnumerable<Project> In(string area) => Projects.Where(p => p.Area == area);

    /// <summary>Paths from the root, without what is generated into obj, bin or artifacts.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Split('/').Any(part => part is "obj" or "bin" or "artifacts"));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Loxi.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Loxi.sln.");
    }
}
