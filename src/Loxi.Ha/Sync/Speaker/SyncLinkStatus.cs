namespace Loxi.Ha.Sync.Speaker;

/// <summary>A connection with a peer for one channel.</summary>
/// <param name="Remote">Where the other end is; null while there is none.</param>
/// <param name="Opened">How often a stream of this channel was opened.</param>
/// <param name="Unsent">Octets that have not left the process.</param>
/// <param name="LastEnd">Why the last one ended; null when none has.</param>
public sealed record SyncLinkStatus(string? Remote, long Opened, long Unsent, string? LastEnd);
