using System.Text.Json;
using Loxi.Core;
using Loxi.Node.Roles;

namespace Loxi.Node.State;

/// <summary>
/// Whether roles are used, on disk: <c>roles.json</c> in the state directory, written with the first post. Roles themselves are not kept: after a
/// start the node has none until one is posted.
/// </summary>
internal sealed class RoleStateFile(string directory)
{
    /// <summary>The version of the format that is written and read.</summary>
    public const int FormatVersion = 1;

    private const long LargestFile = 4096;

    /// <summary>The full path of the file.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetFullPath(directory), "roles.json");

    /// <summary>Reads the file; no roles when it is not there.</summary>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public RoleModel Load()
    {
        if (WholeFile.Read(Path, LargestFile) is not { } content)
        {
            return RoleModel.None;
        }

        try
        {
            using var document = JsonDocument.Parse(content);
            var problems = new List<Problem>();
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems.Add(Problem.Of("", document.RootElement.ValueKind, "an object with external"));
            }
            else
            {
                StateShape.Roles.Check(document.RootElement, static () => "", problems);
            }

            var roles = problems.Count != 0 ? null : document.RootElement.Deserialize(StateJsonContext.Default.RoleDocument)!;
            if (roles is { Version: not (null or FormatVersion) })
            {
                problems.Add(Problem.Of("version", roles.Version, $"{FormatVersion}, the only version that this program reads"));
            }

            return problems.Count != 0 ? throw new StateFileException(Path, [.. problems])
                : roles!.External ? RoleModel.Awaited : RoleModel.None;
        }
        catch (JsonException e)
        {
            throw WholeFile.NotJson(Path, content, e);
        }
    }

    /// <summary>Writes the file.</summary>
    /// <exception cref="IOException">The file cannot be written; the old one is unchanged.</exception>
    public void Save(RoleModel model)
    {
        var document = new RoleDocument { Version = FormatVersion, External = model.AreUsed };
        WholeFile.Replace(
            Path,
            stream =>
            {
                JsonSerializer.Serialize(stream, document, StateJsonContext.Default.RoleDocument);
                stream.WriteByte((byte)'\n');
            });
    }
}
