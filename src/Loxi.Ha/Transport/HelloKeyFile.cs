using System.Collections.Immutable;
using System.Globalization;
using Loxi.Core;

namespace Loxi.Ha.Transport;

/// <summary>
/// A file of keys: one a line, its number and its secret in hexadecimal digits, e.g. <c>1 00112233445566778899aabbccddeeff</c>; lines that are empty or begin with <c>#</c> are passed over.
/// Nobody but its owner may have access to it.
/// </summary>
public static class HelloKeyFile
{
    private const long Largest = 64 * 1024;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Reads the keys.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The keys, in the order of the file.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read it.</exception>
    /// <exception cref="InvalidRoleSpeakerSettingsException">Others have access to the file, or lines are wrong: all that is wrong at once. Secrets are not among it.</exception>
    public static ImmutableArray<HelloKey> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
        {
            problems.Add(Problem.Of(path, "mode " + Convert.ToString((int)File.GetUnixFileMode(path), 8), "access for its owner only (chmod 600)"));
        }

        var length = new FileInfo(path).Length;
        if (length > Largest)
        {
            problems.Add(Problem.Of(path, $"{length} bytes", $"at most {Largest} bytes"));
            throw new InvalidRoleSpeakerSettingsException(problems.DrainToImmutable());
        }

        var keys = ImmutableArray.CreateBuilder<HelloKey>();
        var lines = File.ReadAllLines(path);
        for (var i = 0; i < lines.Length; i++)
        {
            ReadLine(lines[i].Trim(), $"{path}, line {i + 1}", keys, problems);
        }

        if (keys.Count == 0 && problems.Count == 0)
        {
            problems.Add(Problem.Of(path, "no key", "at least one line with a number and a secret"));
        }

        return problems.Count == 0 ? keys.DrainToImmutable() : throw new InvalidRoleSpeakerSettingsException(problems.DrainToImmutable());
    }

    private static void ReadLine(string line, string where, ImmutableArray<HelloKey>.Builder keys, ImmutableArray<Problem>.Builder problems)
    {
        if (line.Length == 0 || line[0] == '#')
        {
            return;
        }

        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2)
        {
            problems.Add(Problem.Of(where, $"{words.Length} words", "a number and a secret"));
            return;
        }

        var isNumber = ushort.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != 0;
        if (!isNumber)
        {
            problems.Add(Problem.Of(where, words[0], "a number from 1 to 65535"));
        }
        else if (keys.Any(k => k.Id == id))
        {
            problems.Add(Problem.Of(where, id, "each number once"));
        }

        var digits = words[1].Length;
        var isSecret = digits % 2 == 0 && digits / 2 is >= HelloKey.ShortestSecret and <= HelloKey.LongestSecret && words[1].All(char.IsAsciiHexDigit);
        if (!isSecret)
        {
            problems.Add(Problem.Of(where, $"a secret of {digits} characters", $"{HelloKey.ShortestSecret * 2} to {HelloKey.LongestSecret * 2} hexadecimal digits, two an octet"));
        }

        if (isNumber && isSecret)
        {
            keys.Add(new HelloKey(id, Convert.FromHexString(words[1])));
        }
    }
}
