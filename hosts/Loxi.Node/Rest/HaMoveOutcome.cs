namespace Loxi.Node.Rest;

/// <summary>What became of a planned move.</summary>
internal enum HaMoveOutcome
{
    /// <summary>It was begun; each group says how it ended.</summary>
    Done,

    /// <summary>There is no such group.</summary>
    NotFound,

    /// <summary>Values are wrong.</summary>
    Malformed,

    /// <summary>Something stands against it; nothing was changed.</summary>
    Refused,
}
