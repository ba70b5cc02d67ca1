using System.Globalization;

namespace Loxi.Sim.Sync;

/// <summary>What is done to nodes that keep tables alike.</summary>
internal enum SyncFaultKind
{
    /// <summary>The machine ends, with its table.</summary>
    Crash,

    /// <summary>The process ends; the table stays.</summary>
    Kill,

    /// <summary>The process stands still.</summary>
    Pause,

    /// <summary>Both connections of a pair end, and come back.</summary>
    Break,

    /// <summary>One of them does.</summary>
    BreakOne,

    /// <summary>A pair does not reach each other.</summary>
    Cut,

    /// <summary>A pair's connections carry little.</summary>
    Throttle,

    /// <summary>The table does not tell what happens in it.</summary>
    LoseEvents,

    /// <summary>The table takes nothing new.</summary>
    TableFull,

    /// <summary>Services are missing.</summary>
    LackServices,

    /// <summary>The table loses an entry, and nobody says so.</summary>
    LoseEntry,

    /// <summary>A former run of a node speaks.</summary>
    Stale,
}

/// <summary>One fault, times in ms.</summary>
internal readonly record struct SyncFault(int At, SyncFaultKind Kind, int Node, int Peer, int Length)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At,6} ms {Kind} node {Node} peer {Peer} for {Length} ms");
}
