using System.Collections.Immutable;
using Loxi.Bgp.Transport;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>The RIB as one peer's transport sees it.</summary>
/// <param name="rib">The RIB.</param>
/// <param name="peer">The peer in it.</param>
/// <param name="addresses">Finds the own addresses beside the one that a session uses.</param>
/// <param name="onEndOfRib">The peer has told all of a family; called under its lock.</param>
/// <param name="onNothingKept">What was kept over the end of a session has gone, or came again; called under its lock.</param>
internal sealed class SharedRibSession(SharedRib rib, RibPeer peer, OwnAddresses addresses, Action onEndOfRib, Action onNothingKept) : IRibSession
{
    private PeerRunner? _runner;
    private TaskCompletionSource? _drained;

    internal RibPeer Peer => peer;

    /// <summary>What arrived that was wrong.</summary>
    internal MalformedMessages Malformed { get; } = new();

    internal bool IsEndOfRibIpv4 { get; private set; }

    internal bool IsEndOfRibIpv6 { get; private set; }

    /// <summary>Families whose routes are kept over the end of a session (RFC 4724); under the lock of the peer.</summary>
    internal ImmutableArray<BgpFamily> Kept { get; private set; } = [];

    /// <summary>Whom to wake when there is output.</summary>
    internal void Attach(PeerRunner runner) => Volatile.Write(ref _runner, runner);

    internal void OutputReady() => Volatile.Read(ref _runner)?.OutputReady();

    public void Up(EstablishedSession session)
    {
        (IsEndOfRibIpv4, IsEndOfRibIpv6) = (false, false);
        var found = addresses.Of(session.Local.Address, session.Remote.Address);
        rib.Use(r => r.Up(peer, session.Negotiated, found));
    }

    public void Down(ImmutableArray<BgpFamily> kept)
    {
        Kept = kept;
        rib.Use(r =>
        {
            r.Down(peer, kept);
            Drained();
        });
    }

    public void PurgeStale(BgpFamily family)
    {
        rib.Use(r => r.PurgeStale(peer, family));
        Kept = Kept.Remove(family);
        if (Kept.IsEmpty)
        {
            onNothingKept();
        }
    }

    public void MarkLongLivedStale(BgpFamily family) => rib.Use(r => r.MarkLongLivedStale(peer, family));

    public ReceiveOutcome Receive(ReadOnlySpan<byte> updates)
    {
        var receipt = rib.Receive(peer, updates);
        IsEndOfRibIpv4 |= receipt.EndOfRibIpv4;
        IsEndOfRibIpv6 |= receipt.EndOfRibIpv6;
        if (receipt.EndOfRibIpv4 || receipt.EndOfRibIpv6)
        {
            onEndOfRib();
        }

        return new ReceiveOutcome
        {
            Error = receipt.Error,
            ErrorAt = receipt.ErrorAt,
            EndOfRibIpv4 = receipt.EndOfRibIpv4,
            EndOfRibIpv6 = receipt.EndOfRibIpv6,
            LimitExceeded = receipt.LimitExceeded,
        };
    }

    public void Refresh(RouteRefreshMessage refresh) => rib.Use(r => r.Refresh(peer, refresh.Family, refresh.Kind));

    public int TakeOutput(Span<byte> buffer) => rib.TakeOutput(this, buffer);

    /// <summary>Ends when all that is due now is written to the connection, or the session is over.</summary>
    internal Task DrainAsync(CancellationToken cancellationToken)
    {
        var drained = rib.Use(_ => peer.Session is null ? Task.CompletedTask : (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task);
        // It comes and finds nothing, if nothing is left.
        OutputReady();
        return drained.WaitAsync(cancellationToken);
    }

    /// <summary>Nothing is left to be written; under the lock of the RIB.</summary>
    internal void Drained()
    {
        _drained?.TrySetResult();
        _drained = null;
    }
}
