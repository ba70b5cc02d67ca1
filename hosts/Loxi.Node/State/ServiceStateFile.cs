using System.Text.Json;
using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Core.Services;
using Loxi.Linux.Files;

namespace Loxi.Node.State;

/// <summary>
/// The desired services on disk: <c>services.json</c> in the state directory, of the shape of <c>GET /netlox/v1/config/loadbalancer/all</c>
/// and a <c>version</c>. loxilb's <c>lbconfig.txt</c> can take its place. A save is either complete or did not happen.
/// </summary>
internal sealed class ServiceStateFile
{
    /// <summary>The version of the format that is written and the highest that is read.</summary>
    public const int FormatVersion = 1;

    /// <summary>Largest file that is read, in bytes.</summary>
    public const long LargestFile = 512 * 1024 * 1024;

    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    public ServiceStateFile(string directory)
        : this(directory, "services.json")
    {
    }

    /// <summary>A file of another name, e.g. a loxilb configuration.</summary>
    public ServiceStateFile(string directory, string name)
    {
        DirectoryPath = System.IO.Path.GetFullPath(directory);
        Path = System.IO.Path.Combine(DirectoryPath, name);
    }

    /// <summary>The full path of the file.</summary>
    public string Path { get; }

    private string DirectoryPath { get; }

    /// <summary>Reads the services; none when the file is not there.</summary>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ServiceModel Load()
    {
        byte[] content;
        try
        {
            var length = new FileInfo(Path).Length;
            if (length > LargestFile)
            {
                throw Failure(Problem.Of("size", length, $"at most {LargestFile} bytes"));
            }

            content = File.ReadAllBytes(Path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ServiceModel.Empty;
        }

        var problems = new List<Problem>();
        LoadbalanceList list;
        try
        {
            using var document = JsonDocument.Parse(content.AsMemory(), new JsonDocumentOptions { MaxDepth = 16 });
            CheckDocument(document.RootElement, problems);
            if (problems.Count != 0)
            {
                throw Failure([.. problems]);
            }

            list = document.RootElement.Deserialize(LoxiJson.LoadbalanceList) ?? new LoadbalanceList();
        }
        catch (JsonException e)
        {
            throw new StateFileException(Path, [Problem.Of($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", Excerpt(content), $"complete JSON ({e.Message})")], e);
        }

        var model = ToModel(list.Services ?? [], problems);
        return problems.Count == 0 ? model : throw Failure([.. problems]);
    }

    /// <summary>Writes the services: a temporary file beside the old one, flushed to disk, then renamed over it, then the directory flushed.</summary>
    /// <exception cref="IOException">The file cannot be written; the old one is unchanged.</exception>
    public void Save(ServiceModel model)
    {
        Directory.CreateDirectory(DirectoryPath);
        var temporary = Path + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Mode;
        }

        using (var stream = new FileStream(temporary, options))
        {
            Write(stream, model);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, Path, overwrite: true);
        DirectorySync.Flush(DirectoryPath);
    }

    private static void Write(Stream stream, ServiceModel model)
    {
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteNumber("version", FormatVersion);
        writer.WriteStartArray("lbAttr");
        foreach (var service in model.ToOrderedArray())
        {
            JsonSerializer.Serialize(writer, ServiceMapper.ToDesiredEntry(service), LoxiJson.LoadbalanceEntry);
            if (writer.BytesPending > 64 * 1024)
            {
                writer.Flush();
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void CheckDocument(JsonElement root, List<Problem> problems)
    {
        StateShape.Document.Check(root, static () => "", problems);
        if (root.ValueKind != JsonValueKind.Object)
        {
            if (problems.Count == 0)
            {
                problems.Add(Problem.Of("", root.GetRawText(), "an object with lbAttr"));
            }

            return;
        }

        JsonElement Find(string name) => root.EnumerateObject().FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        if (Find("version") is { ValueKind: JsonValueKind.Number } version && (!version.TryGetInt64(out var number) || number is < 1 or > FormatVersion))
        {
            problems.Add(Problem.Of("version", version.GetRawText(), $"{FormatVersion}, the only version that this program reads"));
        }

        if (Find("lbAttr").ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            problems.Add(Problem.Of("lbAttr", null, "a list of services"));
        }
    }

    private static ServiceModel ToModel(IReadOnlyList<LoadbalanceEntry?> entries, List<Problem> problems)
    {
        if (entries.Count > ServiceLimits.Services)
        {
            problems.Add(Problem.Of("lbAttr", entries.Count, $"at most {ServiceLimits.Services} services"));
            return ServiceModel.Empty;
        }

        var services = new List<Service>(entries.Count);
        var keys = new Dictionary<ServiceKey, int>(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            var mapping = ServiceMapper.ToService(entries[i]!);
            if (!mapping.IsValid)
            {
                problems.AddRange(mapping.Problems.Select(problem => problem.Within($"lbAttr[{i}].")));
            }
            else if (!keys.TryAdd(mapping.Service.Key, i))
            {
                problems.Add(Problem.Of($"lbAttr[{i}]", mapping.Service.Key, $"another key than that of lbAttr[{keys[mapping.Service.Key]}]"));
            }
            else
            {
                services.Add(mapping.Service);
            }
        }

        return ServiceModel.Create(services);
    }

    private static string Excerpt(byte[] content)
    {
        const int Shown = 24;
        return content.Length == 0 ? "an empty file" : "..." + System.Text.Encoding.UTF8.GetString(content.AsSpan(Math.Max(0, content.Length - Shown)));
    }

    private StateFileException Failure(params Problem[] problems) => new(Path, [.. problems]);
}
