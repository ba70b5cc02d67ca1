using System.Globalization;
using System.Text;
using Loxi.Linux;

namespace Loxi.Ha.Sync.Transport;

/// <summary>The number of a run: greater with every start, so that nobody takes a former run for this one.</summary>
internal static class SyncIncarnation
{
    public const string FileName = "sync.state";
    private const int Largest = 32;

    /// <summary>Makes the next number: one more than the last, the milliseconds since 1970 at least, so that a lost file alone does no harm.</summary>
    /// <param name="directory">Where the last one is kept; null for nowhere.</param>
    /// <param name="time">The clock.</param>
    /// <param name="complaint">Why it is not kept, or the last one is not known; null for nothing.</param>
    public static ulong Next(string? directory, TimeProvider time, out string? complaint)
    {
        complaint = null;
        var incarnation = (ulong)Math.Max(1, time.GetUtcNow().ToUnixTimeMilliseconds());
        if (directory is null)
        {
            return incarnation;
        }

        var path = Path.Combine(directory, FileName);
        try
        {
            if (File.Exists(path))
            {
                var text = new FileInfo(path).Length <= Largest ? File.ReadAllText(path).Trim() : "";
                if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last < ulong.MaxValue)
                {
                    incarnation = Math.Max(incarnation, last + 1);
                }
                else
                {
                    complaint = $"{path}: expected the number of the last run. The clock gives the next one";
                }
            }

            OwnerFile.Replace(path, Encoding.ASCII.GetBytes(incarnation.ToString(CultureInfo.InvariantCulture) + "\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LinuxException)
        {
            complaint = $"{path}: the number of the run is not kept: {e.Message}. Peers refuse the next run if the clock goes back";
        }

        return incarnation;
    }
}
