using System.Text.Json;
using Loxi.Core;
using Loxi.Node.Bfd;

namespace Loxi.Node.State;

/// <summary>
/// The BFD sessions that operators have configured, on disk: <c>bfd.json</c> in the state directory, replaced whole at every change. It holds the
/// secrets of authentication, so only its owner may read it, and no problem shows what is in it.
/// </summary>
internal sealed class BfdStateFile(string directory)
{
    /// <summary>The version of the format that is written and read.</summary>
    public const int FormatVersion = 1;

    /// <summary>Largest file that is read, in bytes.</summary>
    public const long LargestFile = 64 * 1024 * 1024;

    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <summary>The full path of the file.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetFullPath(directory), "bfd.json");

    /// <summary>Reads the file; nothing when it is not there.</summary>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public BfdModel Load(IBfdHost host)
    {
        if (WholeFile.Read(Path, LargestFile) is not { } content)
        {
            return BfdModel.Empty;
        }

        var problems = new List<Problem>();
        try
        {
            using var document = JsonDocument.Parse(content, Options);
            Check(document.RootElement, problems);
            var model = problems.Count != 0 ? BfdModel.Empty
                : Read(document.RootElement.Deserialize(StateJsonContext.Default.BfdDocument)!, host, problems);
            return problems.Count == 0 ? model : throw new StateFileException(Path, [.. problems]);
        }
        catch (JsonException e)
        {
            throw WholeFile.NotJson(Path, content, e, showsContent: false);
        }
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="IOException">The file cannot be written; the old one is unchanged.</exception>
    public void Save(BfdModel model)
    {
        var document = new BfdDocument { Version = FormatVersion, Sessions = [.. model.Saved.Select(BfdWire.ToArguments)] };
        WholeFile.Replace(
            Path,
            stream =>
            {
                JsonSerializer.Serialize(stream, document, StateJsonContext.Default.BfdDocument);
                stream.WriteByte((byte)'\n');
            },
            Mode);
    }

    private static void Check(JsonElement root, List<Problem> problems)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            problems.Add(Problem.Of("", root.ValueKind, "an object with Attr"));
            return;
        }

        StateShape.Bfd.Check(root, static () => "", problems);
    }

    private static BfdModel Read(BfdDocument document, IBfdHost host, List<Problem> problems)
    {
        if (document.Version is not (null or FormatVersion))
        {
            problems.Add(Problem.Of("version", document.Version, $"{FormatVersion}, the only version that this program reads"));
        }

        var model = BfdModel.Empty;
        foreach (var (index, item) in (document.Sessions ?? []).Index())
        {
            // Each as a new one: what two say about the same peer is no change.
            var reading = BfdReader.Read(item, BfdModel.Empty, host);
            problems.AddRange(reading.Problems.Select(p => p.Within($"Attr[{index}].")));
            if (reading.Session is not { } session)
            {
                continue;
            }

            if (model.Sessions.ContainsKey(session.Name))
            {
                problems.Add(Problem.Of($"Attr[{index}]", session.Name, "another remoteIp, or of a link-local one another interface, than those before"));
            }

            model = model.With(session);
        }

        if (model.Sessions.Count > BfdModel.Limit)
        {
            problems.Add(Problem.Of("Attr", model.Sessions.Count, $"at most {BfdModel.Limit}"));
        }

        return model;
    }
}
