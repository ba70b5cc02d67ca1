using System.Xml.Linq;

namespace Loxi.Architecture.Tests;

/// <summary>A project file.</summary>
internal sealed record Project(string Path, XDocument Document)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>src, hosts, samples, tests, benchmarks or fuzz.</summary>
    public string Area => Path[..Path.IndexOf('/')];

    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    public IReadOnlyList<string> ProjectReferences =>
        [.. Items("ProjectReference").Select(e => System.IO.Path.GetFileNameWithoutExtension(Include(e).Replace('\\', '/')))];

    public IReadOnlyList<string> Packages => [.. Items("PackageReference").Select(Include)];

    public IEnumerable<XElement> Items(string name) => Document.Descendants(name);

    public override string ToString() => Path;

    private static string Include(XElement item) => item.Attribute("Include")?.Value ?? "";
}
