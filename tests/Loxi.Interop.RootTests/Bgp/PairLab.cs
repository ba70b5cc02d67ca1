using System.Net;
using Loxi.Bgp;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Our speaker on host 1 and a daemon on host 2, with one session between them.</summary>
internal sealed class PairLab : IAsyncDisposable
{
    public const uint OurAs = 64500;
    public const uint TheirAs = 64501;

    private readonly BgpLab _lab = new();

    public PairLab(BgpDaemon kind, Reach reach = Reach.IPv4, bool isInternal = false)
    {
        (OurAddress, TheirAddress) = reach switch
        {
            Reach.IPv4 => (BgpLab.V4(1), BgpLab.V4(2)),
            Reach.IPv6 => (BgpLab.V6(1), BgpLab.V6(2)),
            _ => (BgpLab.LinkLocal(1), BgpLab.LinkLocal(2)),
        };
        Theirs = new NeighbourSettings(OurAddress, OurAs) { Local = TheirAddress };
        TheirRouter = new RouterSettings(isInternal ? OurAs : TheirAs, BgpLab.V4(2));
        Ours = new BgpPeerSettings(TheirAddress, TheirRouter.As)
        {
            LocalAddress = reach == Reach.LinkLocal ? null : OurAddress,
            Interface = reach == Reach.LinkLocal ? "eth0" : null,
            Families = Theirs.Families,
            HoldTime = TimeSpan.FromSeconds(9),
            ImportDefaultAccept = true,
        };
        Node = _lab.Node(1, OurAs);
        Peer = _lab.Peer(2, kind);
    }

    public IPAddress OurAddress { get; }

    public IPAddress TheirAddress { get; }

    /// <summary>The session as our side keeps it; set before the start, or brought into force by <see cref="ChangeAsync"/>.</summary>
    public BgpPeerSettings Ours { get; set; }

    /// <summary>The session as the daemon keeps it; set before the start.</summary>
    public NeighbourSettings Theirs { get; set; }

    /// <summary>The daemon; set before the start. <see cref="Theirs"/> is added.</summary>
    public RouterSettings TheirRouter { get; set; }

    public OurRouter Node { get; }

    public BgpPeer Peer { get; }

    /// <summary>Takes the daemon's cable out of the switch.</summary>
    public void Unplug() => _lab.Unplug(2);

    public LabHost Host(int number) => _lab.Host(number);

    /// <summary>Starts both sides.</summary>
    public async Task StartAsync()
    {
        Peer.Configure(TheirRouter with { Neighbours = [Theirs, .. TheirRouter.Neighbours] });
        await Peer.StartAsync();
        Node.Configuration = Node.Configuration with { Peers = [Ours] };
        await Node.StartAsync();
    }

    /// <summary>Starts both sides and waits until both say that the session is established.</summary>
    public async Task<(BgpPeerReport Ours, PeerSessionView Theirs)> StartUpAsync()
    {
        await StartAsync();
        return await WaitForBothAsync();
    }

    public async Task<(BgpPeerReport Ours, PeerSessionView Theirs)> WaitForBothAsync()
    {
        try
        {
            var ours = await Node.WaitForEstablishedAsync(TheirAddress);
            return (ours, await Peer.WaitForEstablishedAsync(OurAddress));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\nThe peer says: {Peer.ReadSession(OurAddress)}\n{string.Join('\n', Peer.Daemon.Running.Select(static process => process.Tail()))}", e);
        }
    }

    /// <summary>Changes the session on our side.</summary>
    public Task ChangeAsync(Func<BgpPeerSettings, BgpPeerSettings> change, string text = "")
    {
        Ours = change(Ours);
        return Node.ChangePeersAsync(_ => Ours, text);
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();
}
