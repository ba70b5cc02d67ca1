using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Core;

namespace Loxi.Node.State;

/// <summary>
/// The desired state on disk: <c>services.json</c> in the state directory, of the shape of <c>GET /netlox/v1/config/loadbalancer/all</c>
/// with a <c>version</c>, the source <c>pools</c>, and the number of the <c>journal</c> that goes on where it ends (<see cref="ServiceStore"/>).
/// loxilb's <c>lbconfig.txt</c> can take its place. A save is either complete or did not happen.
/// </summary>
internal sealed class ServiceStateFile
{
    /// <summary>The version of the format that is written and the highest that is read. Version 1 has no pools and fewer members of services.</summary>
    public const int FormatVersion = 2;

    /// <summary>Largest file that is read, in bytes.</summary>
    public const long LargestFile = 512 * 1024 * 1024;

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

    /// <summary>The directory that holds it.</summary>
    public string DirectoryPath { get; }

    /// <summary>Reads the state; an empty one when the file is not there.</summary>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public DesiredState Load() => Load(out _, out _);

    /// <summary>Reads the state; an empty one when the file is not there.</summary>
    /// <param name="journal">The number of the first journal that is not in the file; null when the file has none or is not there.</param>
    /// <param name="isCurrent">Whether the file is of the version that is written.</param>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public DesiredState Load(out int? journal, out bool isCurrent)
    {
        journal = null;
        isCurrent = false;
        if (WholeFile.Read(Path, LargestFile) is not { } content)
        {
            return DesiredState.Empty;
        }

        try
        {
            var document = StateDocument.Parse(content);
            journal = document.Journal;
            isCurrent = document.Version == FormatVersion;
            return document.Problems.Count == 0 ? document.State : throw Failure(document.Problems);
        }
        catch (JsonException e)
        {
            throw WholeFile.NotJson(Path, content, e);
        }
    }

    /// <summary>Writes the state: a temporary file beside the old one, flushed to disk, then renamed over it, then the directory flushed.</summary>
    /// <param name="state">The state.</param>
    /// <param name="journal">The number of the first journal whose changes it does not have; null for none.</param>
    /// <exception cref="IOException">The file cannot be written; the old one is unchanged.</exception>
    public void Save(DesiredState state, int? journal = null) => WholeFile.Replace(Path, stream => Write(stream, state, journal));

    /// <summary>One pool and one service on each line, so that a person can read and compare it.</summary>
    private static void Write(Stream stream, DesiredState state, int? journal)
    {
        using var writer = new Utf8JsonWriter(stream);
        writer.WriteStartObject();
        writer.WriteNumber("version", FormatVersion);
        if (journal is { } number)
        {
            writer.WriteNumber("journal", number);
        }

        if (state.Pools.Count != 0)
        {
            WriteList(stream, writer, "pools", state.Pools.Select(PoolMapper.ToWire), LoxiJson.Pool);
        }

        WriteList(stream, writer, "lbAttr", state.Services.ToOrderedArray().Select(ServiceMapper.ToDesiredEntry), LoxiJson.LoadbalanceEntry);
        writer.WriteEndObject();
        EndLine(stream, writer);
    }

    private static void WriteList<T>(Stream stream, Utf8JsonWriter writer, string name, IEnumerable<T> items, JsonTypeInfo<T> type)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            EndLine(stream, writer);
            JsonSerializer.Serialize(writer, item, type);
        }

        EndLine(stream, writer);
        writer.WriteEndArray();
    }

    private static void EndLine(Stream stream, Utf8JsonWriter writer)
    {
        writer.Flush();
        stream.WriteByte((byte)'\n');
    }

    private StateFileException Failure(IEnumerable<Problem> problems) => new(Path, [.. problems]);
}
