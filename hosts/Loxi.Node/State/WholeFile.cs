using System.Text;
using System.Text.Json;
using Loxi.Core;
using Loxi.Linux.Files;

namespace Loxi.Node.State;

/// <summary>Files of the state directory that are read and replaced as a whole: a replacement is either complete or did not happen.</summary>
internal static class WholeFile
{
    internal const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private const int WriteBuffer = 64 * 1024;

    /// <summary>Reads a file; null when it is not there.</summary>
    /// <exception cref="StateFileException">The file is larger than <paramref name="largest"/> bytes.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static byte[]? Read(string path, long largest)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= largest ? File.ReadAllBytes(path)
                : throw new StateFileException(path, [Problem.Of("size", length, $"at most {largest} bytes")]);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Writes a temporary file beside the old one, flushed to disk, then renames it over the old one, then flushes the directory.</summary>
    /// <exception cref="IOException">The file cannot be written; the old one is unchanged.</exception>
    public static void Replace(string path, Action<Stream> write, UnixFileMode mode = Mode)
    {
        var directory = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(directory);
        var temporary = path + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = WriteBuffer };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (var stream = new FileStream(temporary, options))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        DirectorySync.Flush(directory);
    }

    /// <summary>The error of a text that is not JSON, or not all of it.</summary>
    public static StateFileException NotJson(string path, byte[] content, JsonException e, bool showsContent = true) => new(
        path, [Problem.Of($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", showsContent ? Excerpt(content) : "...", $"complete JSON ({e.Message})")], e);

    private static string Excerpt(byte[] content)
    {
        const int Shown = 24;
        return content.Length == 0 ? "an empty file" : "..." + Encoding.UTF8.GetString(content.AsSpan(Math.Max(0, content.Length - Shown)));
    }
}
