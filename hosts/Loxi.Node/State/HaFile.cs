using System.Text.Json;
using Loxi.Api.V1;
using Loxi.Core;
using Loxi.Node.Ha;

namespace Loxi.Node.State;

/// <summary>
/// What was changed about other nodes and keys while the node ran, on disk: <c>ha.json</c> in the state directory, replaced whole at every change. It holds the
/// secrets of keys, so only its owner may read it, and no problem shows what is in it.
/// </summary>
internal sealed class HaFile(string directory)
{
    /// <summary>The version of the format that is written and read.</summary>
    public const int FormatVersion = 1;

    private const long LargestFile = 1024 * 1024;
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The full path of the file.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetFullPath(directory), "ha.json");

    /// <summary>Reads the file; null when it is not there.</summary>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public HaDocument? Load()
    {
        if (WholeFile.Read(Path, LargestFile) is not { } content)
        {
            return null;
        }

        var problems = new List<Problem>();
        try
        {
            using var document = JsonDocument.Parse(content);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems.Add(Problem.Of("", document.RootElement.ValueKind, "an object with peers, drain and authentication"));
            }
            else
            {
                StateShape.Ha.Check(document.RootElement, static () => "", problems);
            }

            var ha = problems.Count != 0 ? null : document.RootElement.Deserialize(StateJsonContext.Default.HaDocument);
            if (ha is { Version: not (null or FormatVersion) })
            {
                problems.Add(Problem.Of("version", ha.Version, $"{FormatVersion}, the only version that this program reads"));
            }

            return problems.Count == 0 ? ha : throw new StateFileException(Path, [.. problems]);
        }
        catch (JsonException e)
        {
            throw WholeFile.NotJson(Path, content, e, showsContent: false);
        }
    }

    /// <summary>Writes what is stored of a model; what comes from the flags is left out.</summary>
    /// <exception cref="IOException">The file cannot be written; the old one is unchanged.</exception>
    public void Save(HaModel model)
    {
        var document = new HaDocument
        {
            Version = FormatVersion,
            Peers = model.ArePeersStored ? [.. model.Peers.Select(peer => HaPeerReader.ToWire(peer, model))] : null,
            Drain = model.PinnedBeforeDrain is { } pinned ? new DrainDocument { Pinned = [.. pinned] } : null,
            Authentication = model.IsAuthenticationStored ? ToWire(model) : null,
        };
        WholeFile.Replace(
            Path,
            stream =>
            {
                JsonSerializer.Serialize(stream, document, StateJsonContext.Default.HaDocument);
                stream.WriteByte((byte)'\n');
            },
            Mode);
    }

    private static HaKeysArguments ToWire(HaModel model) => new()
    {
        Mode = HaNames.Of(model.Authentication.Mode),
        Send = model.Authentication.SendKeyId,
        Keys = model.AreKeysOfFile ? null : [.. model.Authentication.Keys.Select(static k => new HaKeyArguments { Id = k.Id, Secret = Convert.ToHexStringLower(k.CopySecret()) })],
    };
}
