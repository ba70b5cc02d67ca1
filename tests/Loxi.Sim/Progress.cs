using System.Globalization;

namespace Loxi.Sim;

/// <summary>How far a long run has come, in a file, so that it can be ended at any time and goes on from there.</summary>
/// <param name="path">The file; <see langword="null"/> for none.</param>
internal sealed class Progress(string? path)
{
    /// <summary>After how many seeds the file is written.</summary>
    public const ulong Every = 1000;

    /// <summary>Violations in the seeds before <see cref="Read"/>.</summary>
    public long Violations { get; private set; }

    /// <summary>The first seed that is not yet done.</summary>
    /// <param name="from">The seed to begin with when nothing was done.</param>
    /// <exception cref="FormatException">The file says something else.</exception>
    public ulong Read(ulong from)
    {
        if (path is null || !File.Exists(path))
        {
            return from;
        }

        var words = File.ReadAllText(path).Split();
        if (words.Length < 2 || !ulong.TryParse(words[0], CultureInfo.InvariantCulture, out var next) || !long.TryParse(words[1], CultureInfo.InvariantCulture, out var violations) || next < from)
        {
            throw new FormatException($"{path}: expected the next seed, {from} or more, and the number of violations.");
        }

        Violations = violations;
        return next;
    }

    /// <summary>Remembers that all seeds before <paramref name="next"/> are done.</summary>
    public void Write(ulong next, long violations)
    {
        if (path is not null)
        {
            File.WriteAllText(path + ".new", string.Create(CultureInfo.InvariantCulture, $"{next} {Violations + violations}\n"));
            File.Move(path + ".new", path, overwrite: true);
        }
    }
}
