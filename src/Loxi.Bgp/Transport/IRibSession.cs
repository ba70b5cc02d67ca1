using System.Collections.Immutable;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Transport;

/// <summary>
/// What a peer's transport needs of the RIB. All but <see cref="TakeOutput"/> come under the lock of the peer: take the lock of the RIB inside, never
/// the other way round. <see cref="TakeOutput"/> comes from the write loop of the connection that <see cref="Up"/> named, and never after <see cref="Down"/>.
/// </summary>
internal interface IRibSession
{
    /// <summary>Established. The peer is to be sent its routes, by <see cref="PeerRunner.OutputReady"/> and <see cref="TakeOutput"/>.</summary>
    void Up(EstablishedSession session);

    /// <summary>No longer Established. Routes of the families named become stale (those that were are withdrawn, RFC 4724 4.2, unless they are long-lived stale, RFC 9494 4.2); all others are withdrawn.</summary>
    void Down(ImmutableArray<BgpFamily> kept);

    /// <summary>What is still stale of a family is withdrawn.</summary>
    void PurgeStale(BgpFamily family);

    /// <summary>What is stale of a family is long-lived stale from now on.</summary>
    void MarkLongLivedStale(BgpFamily family);

    /// <summary>UPDATEs, whole, back to back, with their headers. Valid during the call only.</summary>
    ReceiveOutcome Receive(ReadOnlySpan<byte> updates);

    /// <summary>A ROUTE-REFRESH of a negotiated family.</summary>
    void Refresh(RouteRefreshMessage refresh);

    /// <summary>Writes whole messages into the buffer, which holds 65,536 octets.</summary>
    /// <returns>Octets written; 0 when nothing is left.</returns>
    int TakeOutput(Span<byte> buffer);
}
