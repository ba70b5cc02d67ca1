using System.Collections.Immutable;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Session;

/// <summary>One thing to do, in the order of a step.</summary>
/// <param name="Kind">What.</param>
/// <param name="Connection">On which connection; 0 for none.</param>
internal readonly record struct SessionAction(SessionActionKind Kind, int Connection = 0)
{
    /// <summary>What to send with <see cref="SessionActionKind.SendOpen"/>.</summary>
    internal OpenMessage? Open { get; init; }

    /// <summary>What to send with <see cref="SessionActionKind.SendNotification"/>.</summary>
    internal SessionNotification? Notification { get; init; }

    /// <summary>What came up with <see cref="SessionActionKind.Up"/>.</summary>
    internal NegotiatedSession? Session { get; init; }

    /// <summary>Families of <see cref="SessionActionKind.Down"/> (kept), <see cref="SessionActionKind.PurgeStale"/> and <see cref="SessionActionKind.MarkLongLivedStale"/>.</summary>
    internal ImmutableArray<BgpFamily> Families { get; init; } = [];
}
