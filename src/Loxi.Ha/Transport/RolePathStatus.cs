namespace Loxi.Ha.Transport;

/// <summary>A path at one moment.</summary>
/// <param name="Path">The path.</param>
/// <param name="LastHeard">When the last HELLO arrived, on CLOCK_MONOTONIC; null for never.</param>
/// <param name="RoundTrip">The last measured time to the peer and back; null while there is none.</param>
/// <param name="Received">HELLO datagrams that were heard.</param>
/// <param name="Sent">HELLOs that were sent.</param>
/// <param name="Discarded">Datagrams that were thrown away.</param>
/// <param name="SendErrors">Datagrams that the system would not send.</param>
/// <param name="SendError">Why the last one was not sent; null when it was.</param>
public sealed record RolePathStatus(RolePath Path, TimeSpan? LastHeard, TimeSpan? RoundTrip, long Received, long Sent, long Discarded, long SendErrors, string? SendError);
