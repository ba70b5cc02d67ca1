using System.Text.Json;
using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Node.State;

/// <summary>
/// The desired services on disk: <c>services.json</c> in the state directory, of the shape of <c>GET /netlox/v1/config/loadbalancer/all</c>
/// with a <c>version</c> and the number of the <c>journal</c> that goes on where it ends (<see cref="ServiceStore"/>). loxilb's
/// <c>lbconfig.txt</c> can take its place. A save is either complete or did not happen.
/// </summary>
internal sealed class ServiceStateFile
{
    /// <summary>The version of the format that is written and the highest that is read.</summary>
    public const int FormatVersion = 1;

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

    /// <summary>Reads the services; none when the file is not there.</summary>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ServiceModel Load() => Load(out _);

    /// <summary>Reads the services; none when the file is not there.</summary>
    /// <param name="journal">The number of the first journal that is not in the file; null when the file has none or is not there.</param>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ServiceModel Load(out int? journal)
    {
        journal = null;
        if (WholeFile.Read(Path, LargestFile) is not { } content)
        {
            return ServiceModel.Empty;
        }

        try
        {
            var document = StateDocument.Parse(content);
            journal = document.Journal;
            return document.Problems.Count == 0 ? document.Model : throw Failure(document.Problems);
        }
        catch (JsonException e)
        {
            throw WholeFile.NotJson(Path, content, e);
        }
    }

    /// <summary>Writes the services: a temporary file beside the old one, flushed to disk, then renamed over it, then the directory flushed.</summary>
    /// <param name="model">The services.</param>
    /// <param name="journal">The number of the first journal whose changes they do not have; null for none.</param>
    /// <exception cref="IOException">The file cannot be written; the old one is unchanged.</exception>
    public void Save(ServiceModel model, int? journal = null) => WholeFile.Replace(Path, stream => Write(stream, model, journal));

    /// <summary>One service on each line, so that a person can read and compare it.</summary>
    private static void Write(Stream stream, ServiceModel model, int? journal)
    {
        using var writer = new Utf8JsonWriter(stream);
        writer.WriteStartObject();
        writer.WriteNumber("version", FormatVersion);
        if (journal is { } number)
        {
            writer.WriteNumber("journal", number);
        }

        writer.WriteStartArray("lbAttr");
        foreach (var service in model.ToOrderedArray())
        {
            EndLine(stream, writer);
            JsonSerializer.Serialize(writer, ServiceMapper.ToDesiredEntry(service), LoxiJson.LoadbalanceEntry);
        }

        EndLine(stream, writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
        EndLine(stream, writer);
    }

    private static void EndLine(Stream stream, Utf8JsonWriter writer)
    {
        writer.Flush();
        stream.WriteByte((byte)'\n');
    }

    private StateFileException Failure(IEnumerable<Problem> problems) => new(Path, [.. problems]);
}
