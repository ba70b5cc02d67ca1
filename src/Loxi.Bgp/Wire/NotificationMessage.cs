using System.Collections.Immutable;

namespace Loxi.Bgp.Wire;

/// <summary>A NOTIFICATION that arrived (RFC 4271 4.5). Whatever it holds, the session is over.</summary>
/// <param name="Code">Error code; of a hard reset the one inside.</param>
/// <param name="Subcode">Error subcode; of a hard reset the one inside.</param>
internal sealed record NotificationMessage(BgpErrorCode Code, byte Subcode)
{
    /// <summary>A Cease / Hard Reset (RFC 8538 3): no graceful restart.</summary>
    internal bool HardReset { get; init; }

    /// <summary>Shutdown communication (RFC 9003), made fit for display.</summary>
    internal string? Text { get; init; }

    /// <summary>The data after code and subcode (of a hard reset, after those inside).</summary>
    internal ImmutableArray<byte> Data { get; init; } = [];

    /// <summary>Something in it is wrong: to be logged, and never answered (RFC 4271 6.4).</summary>
    internal bool IsMalformed { get; init; }
}
