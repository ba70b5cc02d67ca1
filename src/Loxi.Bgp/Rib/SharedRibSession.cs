using System.Collections.Immutable;
using Loxi.Bgp.Transport;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>The RIB as one peer's transport sees it.</summary>
/// <param name="rib">The RIB.</param>
/// <param name="peer">The peer in it.</param>
/// <param name="addresses">Finds the own addresses beside the one that a session uses.</param>
/// <param name="onEndOfRib">The peer has told all of a family; called under its lock.</param>
internal sealed class SharedRibSession(SharedRib rib, RibPeer peer, OwnAddresses addresses, Action onEndOfRib) : IRibSession
{
    private PeerRunner? _runner;
    private TaskCompletionSource? _drained;

    internal RibPeer Peer => peer;

    /// <summary>What arrived that was wrong.</summary>
    internal MalformedMessages Malformed { get; } = new();

    internal bool IsEndOfRibIpv4 { get; private set; }

    internal bool IsEndOfRibIpv6 { get; private set; }

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
        Interlocked.Exchange(ref _drained, null)?.TrySetResult();
        rib.Use(r => r.Down(peer, kept));
    }

    public void PurgeStale(BgpFamily family) => rib.Use(r => r.PurgeStale(peer, family));

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

    public int TakeOutput(Span<byte> buffer)
    {
        var written = rib.TakeOutput(peer, buffer);
        if (written == 0)
        {
            // The write loop comes here when all that it had is written.
            Interlocked.Exchange(ref _drained, null)?.TrySetResult();
        }

        return written;
    }

    /// <summary>Ends when all that is due now is written to the connection, or the session is over.</summary>
    internal Task DrainAsync(CancellationToken cancellationToken)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var drained = Interlocked.CompareExchange(ref _drained, waiter, null) ?? waiter;
        // It comes and finds nothing, if nothing is left.
        OutputReady();
        return drained.Task.WaitAsync(cancellationToken);
    }
}
