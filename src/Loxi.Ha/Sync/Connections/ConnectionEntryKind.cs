namespace Loxi.Ha.Sync.Connections;

/// <summary>What an entry is about. The numbers are bits of a notice (docs/ha-sync.md).</summary>
public enum ConnectionEntryKind : byte
{
    /// <summary>A connection.</summary>
    Connection = 0,

    /// <summary>The endpoint that a client of a service with persist selection comes to.</summary>
    Persistence = 1,
}
