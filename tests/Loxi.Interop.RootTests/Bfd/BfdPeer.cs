using Loxi.Bfd;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>The BFD of a peer with one session.</summary>
internal abstract class BfdPeer
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public abstract RoutingPeer Daemon { get; }

    public static BfdPeer On(LabHost host, PeerKind kind) => kind == PeerKind.Frr ? new FrrBfd(host) : new BirdBfd(host);

    /// <summary>Sets the session for the next start.</summary>
    public abstract void Configure(PeerSession session);

    /// <summary>Changes the session of the running daemon.</summary>
    public abstract void Change(PeerSession session);

    /// <summary>Takes the session down by the administrator, or releases it.</summary>
    public abstract void SetAdministrativelyDown(bool down);

    /// <summary>What the daemon says of the session; null when it does not know one.</summary>
    public abstract PeerView? Read();

    /// <summary>Asks the daemon until the session is as wanted.</summary>
    public async Task<PeerView> WaitUntilAsync(Func<PeerView, bool> wanted, string what)
    {
        using var timer = new PeriodicTimer(Pause);
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var view = Read();
            if (view is not null && wanted(view))
            {
                return view;
            }

            if (TimeProvider.System.GetElapsedTime(start) > Limit)
            {
                throw new TimeoutException($"The peer's session is not in time as wanted: {what}. It is {view}");
            }

            await timer.WaitForNextTickAsync();
        }
    }

    public Task<PeerView> WaitForAsync(BfdState state) => WaitUntilAsync(view => view.State == state, $"{state}");
}
