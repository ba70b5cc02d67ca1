using System.Text.Json;
using Loxi.Linux;
using Loxi.Linux.Files;

namespace Loxi.Ha.Transport.State;

/// <summary>The file <c>ha.state</c>: read and replaced as a whole.</summary>
/// <param name="directory">Where it is.</param>
internal sealed class HaStateFile(string directory)
{
    private const int Largest = 1 << 20;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path { get; } = System.IO.Path.Combine(directory, "ha.state");

    /// <summary>Whether the file must stay as it is: it is of a later version, or cannot be set aside.</summary>
    public bool IsKept { get; private set; }

    /// <summary>Reads the state; what is wrong with it is told, and an empty one given.</summary>
    /// <param name="nodeId">The own id: a state of another node is not this one's.</param>
    /// <param name="complaint">What is wrong; null for nothing.</param>
    public HaState Read(ushort nodeId, out string? complaint)
    {
        complaint = null;
        byte[] content;
        try
        {
            var length = new FileInfo(Path).Length;
            if (length > Largest)
            {
                return SetAside(nodeId, $"it has {length} bytes, expected at most {Largest}", out complaint);
            }

            content = File.ReadAllBytes(Path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new HaState { NodeId = nodeId };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            IsKept = true;
            complaint = $"{Path} cannot be read: {e.Message}";
            return new HaState { NodeId = nodeId };
        }

        try
        {
            // The version first: a later one may look different.
            using var document = JsonDocument.Parse(content);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("version", out var version)
                && version.TryGetInt32(out var number) && number > HaState.CurrentVersion)
            {
                IsKept = true;
                complaint = $"{Path} has version {number}, expected at most {HaState.CurrentVersion}: a later version of Loxi wrote it. It stays as it is, and nothing is kept";
                return new HaState { NodeId = nodeId };
            }

            var state = document.Deserialize(HaStateJson.Default.HaState);
            if (state is not { Version: HaState.CurrentVersion, Groups: not null, Peers: not null } || state.Groups.ContainsValue(null!) || state.Peers.ContainsValue(null!))
            {
                return SetAside(nodeId, "members are missing", out complaint);
            }

            return state.NodeId == nodeId ? state : SetAside(nodeId, $"it is of node {state.NodeId}, this is node {nodeId}", out complaint);
        }
        catch (JsonException e)
        {
            return SetAside(nodeId, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: expected complete JSON", out complaint);
        }
    }

    /// <summary>Replaces the file: a temporary one beside it, flushed, renamed over it, the directory flushed.</summary>
    /// <param name="state">What to write.</param>
    /// <returns>Why it could not be written; null when it is on disk.</returns>
    public string? TryWrite(HaState state)
    {
        if (IsKept)
        {
            return $"{Path} is not overwritten";
        }

        try
        {
            Directory.CreateDirectory(directory);
            var temporary = Path + ".tmp";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (var stream = new FileStream(temporary, options))
            {
                JsonSerializer.Serialize(stream, state, HaStateJson.Default.HaState);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, Path, overwrite: true);
            DirectorySync.Flush(directory);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LinuxException)
        {
            return $"{Path} cannot be written: {e.Message}";
        }
    }

    private HaState SetAside(ushort nodeId, string reason, out string? complaint)
    {
        var aside = Path + ".damaged";
        try
        {
            File.Move(Path, aside, overwrite: true);
            complaint = $"{Path} is not used: {reason}. It is kept as {aside}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            IsKept = true;
            complaint = $"{Path} is not used: {reason}. It cannot be set aside either ({e.Message}), and nothing is kept";
        }

        return new HaState { NodeId = nodeId };
    }
}
