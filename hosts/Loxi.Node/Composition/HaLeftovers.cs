using Loxi.Ha.Announce;
using Loxi.Node.Options;

namespace Loxi.Node.Composition;

/// <summary>Addresses that an earlier run of the instance put on interfaces and could not take off, because it was killed. Each instance has a mark of its own.</summary>
internal static class HaLeftovers
{
    public static NeighbourAnnouncerOptions OptionsOf(NodeOptions options) => new() { Mark = MarkOf(options.Instance), RealTimePriority = options.Ha.Priority };

    /// <summary>FNV-1a of the name over the usual mark; the default instance has the usual one.</summary>
    public static uint MarkOf(string instance)
    {
        const uint Prime = 16_777_619;
        return instance == NodeOptions.DefaultInstance ? NeighbourAnnouncerOptions.DefaultMark
            : instance.Aggregate(NeighbourAnnouncerOptions.DefaultMark, static (hash, c) => unchecked((hash ^ c) * Prime)) | 1;
    }

    /// <summary>Takes them off. Nothing happens where the instance never had roles: what is there then is another instance's.</summary>
    /// <param name="options">The instance.</param>
    /// <param name="loggers">Where it is told.</param>
    /// <exception cref="Linux.LinuxException">The kernel refused.</exception>
    public static async Task RemoveAsync(NodeOptions options, ILoggerFactory loggers)
    {
        if (!File.Exists(Path.Combine(options.StateDirectory, "ha.state")))
        {
            return;
        }

        await using var announcer = new NeighbourAnnouncer(OptionsOf(options), loggers);
        await announcer.ApplyAsync([]);
    }
}
