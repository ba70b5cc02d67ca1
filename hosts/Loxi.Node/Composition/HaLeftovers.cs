using Loxi.Ha.Announce;

namespace Loxi.Node.Composition;

/// <summary>Addresses that an earlier run of the instance put on interfaces and could not take off, because it was killed.</summary>
internal static class HaLeftovers
{
    /// <summary>Takes them off. Nothing happens where the instance never had roles: what is there then is another instance's.</summary>
    /// <param name="stateDirectory">The state directory of the instance.</param>
    /// <param name="loggers">Where it is told.</param>
    /// <exception cref="Linux.LinuxException">The kernel refused.</exception>
    public static async Task RemoveAsync(string stateDirectory, ILoggerFactory loggers)
    {
        if (!File.Exists(Path.Combine(stateDirectory, "ha.state")))
        {
            return;
        }

        await using var announcer = new NeighbourAnnouncer(loggers: loggers);
        await announcer.ApplyAsync([]);
    }
}
