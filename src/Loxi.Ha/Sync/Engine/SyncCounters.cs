namespace Loxi.Ha.Sync.Engine;

/// <summary>What an engine has, and what it has counted.</summary>
/// <param name="Entries">Entries that are there.</param>
/// <param name="Tombstones">Entries that are gone and remembered.</param>
/// <param name="Parked">Entries that the table of this node does not have yet.</param>
/// <param name="Stale">Records that were older than what was known.</param>
/// <param name="Conflicts">Entries of peers that another one was in the way of.</param>
/// <param name="Refused">Entries of peers that the table does not take.</param>
/// <param name="Full">Entries for which there was no room here.</param>
/// <param name="Restored">Entries that had expired, or were gone, while a live peer kept them.</param>
public record struct SyncCounters(int Entries, int Tombstones, int Parked, long Stale, long Conflicts, long Refused, long Full, long Restored);
