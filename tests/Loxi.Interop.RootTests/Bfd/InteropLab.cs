using System.Net;
using Loxi.Bfd;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>Our speaker on host A, a peer on host B, and what passes between them.</summary>
internal sealed class InteropLab : IAsyncDisposable
{
    private const int SingleHopPort = 3784;
    private const int MultihopPort = 4784;

    private readonly BfdLab _lab;

    public InteropLab(PeerKind kind, Route route = Route.IPv4)
    {
        var isMultihop = route is Route.MultihopIPv4 or Route.MultihopIPv6;
        _lab = new BfdLab(routed: isMultihop);
        var (ours, theirs) = route switch
        {
            Route.IPv4 => (BfdLab.A4, BfdLab.B4),
            Route.IPv6 => (BfdLab.A6, BfdLab.B6),
            Route.LinkLocal => (IPAddress.Parse("fe80::1"), IPAddress.Parse("fe80::2")),
            Route.MultihopIPv4 => (BfdLab.A4, BfdLab.Far4),
            _ => (BfdLab.A6, BfdLab.Far6),
        };
        Ours = BfdLab.To(theirs, milliseconds: 200, detectMult: 5) with
        {
            LocalAddress = ours,
            Interface = isMultihop ? null : "eth0",
            Kind = isMultihop ? BfdSessionKind.Multihop : BfdSessionKind.SingleHop,
        };
        Theirs = new PeerSession(theirs, ours, isMultihop);
        Peer = BfdPeer.On(_lab.B, kind);
        (Speaker, Changes) = NewSpeaker();
        Wire = new BfdWire(_lab.A, isMultihop ? MultihopPort : SingleHopPort);
    }

    /// <summary>The session as our side keeps it; set before the start, or brought into force by <see cref="ApplyAsync"/>.</summary>
    public BfdSessionSettings Ours { get; set; }

    /// <summary>The session as the peer keeps it; set before the start, or brought into force by <see cref="ChangePeer"/>.</summary>
    public PeerSession Theirs { get; set; }

    public LabHost Host => _lab.A;

    /// <summary>Between the two, of a multihop route.</summary>
    public LabHost Router => _lab.A.Lab["r"];

    public BfdPeer Peer { get; }

    public BfdSpeaker Speaker { get; private set; }

    public Changes Changes { get; private set; }

    public BfdWire Wire { get; }

    /// <summary>Starts both sides.</summary>
    public async Task StartAsync()
    {
        Peer.Configure(Theirs);
        await Peer.Daemon.StartAsync();
        await Speaker.ApplyAsync([Ours]);
    }

    /// <summary>Starts both sides and waits until both say that the session is up, with the intervals of that state.</summary>
    public async Task StartUpAsync()
    {
        await StartAsync();
        await WaitForBothAsync();
    }

    /// <summary>Waits until both sides say that the session is up and nothing remains to be negotiated.</summary>
    /// <exception cref="TimeoutException">They do not; the message has what passed between them.</exception>
    public async Task<(BfdSessionReport Ours, PeerView Theirs)> WaitForBothAsync()
    {
        try
        {
            // At the slow interval before, a peer that has just come up has one second and more (RFC 5880 6.8.3).
            var ours = await Speaker.WaitUntilAsync(
                (BfdSessionReport r) => r.Status is { State: BfdState.Up, RemoteState: BfdState.Up, PollActive: false } && r.Status.RemoteDesiredMinTxInterval == TimeSpan.FromMilliseconds(Theirs.Transmit),
                "up on both sides, at its intervals");
            var theirs = await Peer.WaitUntilAsync(view => view.State == BfdState.Up && view.Interval <= Longest, "up at its intervals");
            return (ours, theirs);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\nThe peer says: {Peer.Read()}\nOn the wire:\n{string.Join('\n', Wire.Packets.Take(10).Concat(Wire.Packets.TakeLast(30)))}", e);
        }
    }

    public Task ApplyAsync(Func<BfdSessionSettings, BfdSessionSettings> change)
    {
        Ours = change(Ours);
        return Speaker.ApplyAsync([Ours]);
    }

    public void ChangePeer(Func<PeerSession, PeerSession> change)
    {
        Theirs = change(Theirs);
        Peer.Change(Theirs);
    }

    /// <summary>Puts another speaker in the place of the first, as a restart of its process would.</summary>
    public async Task RestartSpeakerAsync()
    {
        Changes.Dispose();
        await Speaker.DisposeAsync();
        (Speaker, Changes) = NewSpeaker();
        await Speaker.ApplyAsync([Ours]);
    }

    public async ValueTask DisposeAsync()
    {
        Wire.Dispose();
        Changes.Dispose();
        await _lab.DisposeAsync();
    }

    private (BfdSpeaker Speaker, Changes Changes) NewSpeaker()
    {
        var speaker = _lab.Speaker(_lab.A);
        return (speaker, new Changes(speaker));
    }

    private TimeSpan Longest => TimeSpan.FromTicks(Math.Max(Ours.RequiredMinRxInterval.Ticks, TimeSpan.FromMilliseconds(Theirs.Transmit).Ticks));
}
