using System.Collections.Immutable;
using Loxi.Core;
using Loxi.Core.Roles;

namespace Loxi.Ha.Transport;

/// <summary>A file of keys (<see cref="HelloKeyLines"/>). Nobody but its owner may have access to it.</summary>
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

        var keys = HelloKeyLines.Read(File.ReadAllText(path), $"{path}, ", problems);
        if (keys.IsEmpty && problems.Count == 0)
        {
            problems.Add(Problem.Of(path, "no key", "at least one line with a number and a secret"));
        }

        if (problems.Count != 0)
        {
            throw new InvalidRoleSpeakerSettingsException(problems.DrainToImmutable());
        }

        return [.. keys.Select(static k => new HelloKey(k.Id, Convert.FromHexString(k.Digits)))];
    }
}
