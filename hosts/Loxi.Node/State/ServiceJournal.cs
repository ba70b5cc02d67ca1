using System.Globalization;
using Loxi.Core;
using Loxi.Linux.Files;

namespace Loxi.Node.State;

/// <summary>A file that takes changes of the desired state at its end, each of them on disk before it counts.</summary>
internal sealed class ServiceJournal : IDisposable
{
    private const string Prefix = "services.";
    private const string Suffix = ".journal";
    private readonly FileStream _stream;
    private int _sequence;

    private ServiceJournal(FileStream stream) => _stream = stream;

    /// <summary>Bytes of whole changes.</summary>
    public long Length { get; private set; }

    /// <summary>The path of a journal.</summary>
    public static string PathOf(string directory, int number) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}{Suffix}"));

    /// <summary>The numbers of the journals of a directory, ascending.</summary>
    public static int[] NumbersIn(string directory) => Directory.Exists(directory)
        ? [.. Directory.EnumerateFiles(directory, Prefix + "*" + Suffix)
            .Select(static path => Path.GetFileName(path)[Prefix.Length..^Suffix.Length])
            .Where(static text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(static text => int.Parse(text, CultureInfo.InvariantCulture)).Order()]
        : [];

    /// <summary>Makes an empty journal, whose name is on disk when this returns.</summary>
    /// <exception cref="IOException">It cannot be made, or is there.</exception>
    public static ServiceJournal Create(string directory, int number)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = WholeFile.Mode;
        }

        var stream = new FileStream(PathOf(directory, number), options);
        try
        {
            DirectorySync.Flush(directory);
            return new ServiceJournal(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Does the changes of a journal to a state. An end that was not written whole was never answered: with <paramref name="isLast"/>
    /// it is cut off, on disk too, else it is damage.
    /// </summary>
    /// <returns>How many bytes were cut off.</returns>
    /// <exception cref="StateFileException">A change is damaged and others follow it.</exception>
    /// <exception cref="IOException">The journal cannot be read or cut.</exception>
    public static long Replay(string path, bool isLast, StateBuilder state)
    {
        var content = File.ReadAllBytes(path);
        var (offset, sequence) = (0, 1);
        while (offset < content.Length)
        {
            var rest = content.AsSpan(offset);
            var end = rest.IndexOf((byte)'\n');
            if (end < 0 || !JournalCodec.TryOpen(rest[..end], out var text))
            {
                if (!isLast || HasWholeLine(rest))
                {
                    throw new StateFileException(path, [Problem.Of($"line {sequence}, byte {offset}", Excerpt(rest), "a change as it was written: the file is damaged there")]);
                }

                Cut(path, offset);
                return content.Length - offset;
            }

            var problems = JournalCodec.Replay(text, sequence, state);
            if (!problems.IsEmpty)
            {
                throw new StateFileException(path, [.. problems.Select(p => p.Within($"line {sequence}: "))]);
            }

            offset += end + 1;
            sequence++;
        }

        return 0;
    }

    /// <summary>Adds a change; it is on disk when this returns.</summary>
    /// <exception cref="IOException">It could not be written. What was written of it is taken back as far as possible; the journal must not be used any more.</exception>
    public void Append(StateDifference difference)
    {
        var line = JournalCodec.Encode(_sequence + 1, difference);
        try
        {
            _stream.Write(line);
            _stream.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            _stream.SetLength(Length);
            throw;
        }

        _sequence++;
        Length += line.Length;
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Whether a change that was written whole comes after the damaged one: then it is not the end that is missing.</summary>
    private static bool HasWholeLine(ReadOnlySpan<byte> rest)
    {
        for (var end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
        {
            if (JournalCodec.TryOpen(rest[..end], out _))
            {
                return true;
            }

            rest = rest[(end + 1)..];
        }

        return false;
    }

    private static void Cut(string path, long length)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write);
        stream.SetLength(length);
        stream.Flush(flushToDisk: true);
    }

    private static string Excerpt(ReadOnlySpan<byte> rest) => System.Text.Encoding.UTF8.GetString(rest[..Math.Min(rest.Length, 40)]);
}
