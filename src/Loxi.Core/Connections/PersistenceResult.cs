namespace Loxi.Core.Connections;

/// <summary>What became of a record that <see cref="IPersistenceTable.Put"/> was given.</summary>
public enum PersistenceResult
{
    /// <summary>Nothing was asked yet.</summary>
    None = 0,

    /// <summary>The client comes to that endpoint.</summary>
    Done = 1,

    /// <summary>The client has come to another endpoint than was expected meanwhile, and stays there.</summary>
    Moved = 2,

    /// <summary>The node has no such service with persist selection, or the service no such endpoint.</summary>
    Unknown = 3,

    /// <summary>There can be no such record.</summary>
    Malformed = 4,
}
