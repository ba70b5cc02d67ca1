using Loxi.Bgp.Policy;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>
/// The routes of a speaker: what peers announced, what is chosen of it, what is told to whom. Pure and single-threaded: knows no lock, clock or
/// socket. Everything that takes long is done in steps by <see cref="Work"/>.
/// </summary>
internal sealed partial class BgpRib
{
    /// <summary>LOCAL_PREF of a route that came without one.</summary>
    internal const uint DefaultLocalPreference = 100;

    private readonly IRibObserver? _observer;
    private readonly List<RibPeer?> _peers = [null];
    private readonly List<RibPeer> _ready = [];
    private CompiledPolicies _policies;

    /// <param name="speaker">Who the speaker is.</param>
    /// <param name="policies">Its policies.</param>
    /// <param name="observer">Hears of malformed UPDATEs.</param>
    /// <exception cref="ArgumentException">The policies are not valid.</exception>
    internal BgpRib(BgpSpeakerSettings speaker, BgpPolicies policies, IRibObserver? observer = null)
    {
        _observer = observer;
        _policies = new(policies);
        Speaker = speaker;
        Encoder = new(Attributes);
        Families = [new(this, BgpFamily.Ipv4Unicast), new(this, BgpFamily.Ipv6Unicast)];
    }

    internal BgpSpeakerSettings Speaker { get; private set; }

    internal AttributeStore Attributes { get; } = new();

    internal RouteEditor Editor { get; } = new();

    internal OutputEncoder Encoder { get; }

    /// <summary>Room for a message that is made to see whether it can be.</summary>
    internal byte[] Scratch => field ??= new byte[MessageHeader.ExtendedMaximum];

    internal OutputArranger Arranger { get; } = new();

    internal FamilyRib[] Families { get; }

    /// <summary>Own BGP identifier as a number.</summary>
    internal uint Identifier => (uint)(NextHop.Bits(Speaker.RouterId) >> 96);

    internal bool HasWork => Families[0].HasWork || Families[1].HasWork;

    /// <summary>Whether learned routes wait to be chosen.</summary>
    internal bool IsDeferring => Families[0].IsDeferring || Families[1].IsDeferring;

    internal FamilyRib this[BgpFamily family] => Families[(int)family];

    /// <summary>A peer by its number in paths.</summary>
    internal RibPeer Peer(ushort number) => _peers[number]!;

    /// <summary>Adds a peer, before its first session.</summary>
    /// <exception cref="ArgumentException">A policy that it names is not defined.</exception>
    internal RibPeer AddPeer(BgpPeerSettings settings)
    {
        var import = _policies.Chain(settings.ImportPolicies);
        _ = _policies.Chain(settings.ExportPolicies);
        var free = FreeNumber();
        var peer = new RibPeer(free, settings) { Import = import };
        Describe(peer);
        if (free == _peers.Count)
        {
            _peers.Add(peer);
        }
        else
        {
            _peers[free] = peer;
        }

        return peer;
    }

    /// <summary>Ends the peer's session and forgets its routes.</summary>
    internal void RemovePeer(RibPeer peer)
    {
        Down(peer, []);
        peer.IsRemoved = true;
    }

    /// <summary>Changes policies or limits of a peer; no session is touched.</summary>
    /// <exception cref="ArgumentException">A policy that it names is not defined.</exception>
    internal void ConfigurePeer(RibPeer peer, BgpPeerSettings settings) => Configure(Speaker, _policies.Source, (peer, settings));

    /// <summary>Changes the speaker, its policies and settings of peers, all or nothing; no session is touched.</summary>
    /// <param name="speaker">The speaker.</param>
    /// <param name="policies">Its policies.</param>
    /// <param name="peers">Peers whose settings are to change; the others keep theirs.</param>
    /// <exception cref="ArgumentException">The policies are not valid, or a peer names one that is not defined.</exception>
    internal void Configure(BgpSpeakerSettings speaker, BgpPolicies policies, params IReadOnlyList<(RibPeer Peer, BgpPeerSettings Settings)> peers)
    {
        var compiled = policies == _policies.Source ? _policies : new CompiledPolicies(policies);
        var settings = _peers.Where(static peer => peer is { IsRemoved: false }).ToDictionary(static peer => peer!, static peer => peer!.Settings);
        foreach (var (peer, wanted) in peers)
        {
            settings[peer] = wanted;
        }

        foreach (var wanted in settings.Values)
        {
            _ = compiled.Chain(wanted.ImportPolicies);
            _ = compiled.Chain(wanted.ExportPolicies);
        }

        var isOtherChoice = speaker.BestPath != Speaker.BestPath || !speaker.RouterId.Equals(Speaker.RouterId) || speaker.LocalAs != Speaker.LocalAs;
        var isOtherInstall = speaker.MaximumPaths != Speaker.MaximumPaths;
        Speaker = speaker;
        _policies = compiled;
        foreach (var (peer, wanted) in settings)
        {
            SetSettings(peer, wanted);
        }

        // When all are set: peers of a group that change in the same way stay in it.
        foreach (var peer in settings.Keys)
        {
            Families[0].Rekey(peer);
            Families[1].Rekey(peer);
        }

        if (isOtherChoice)
        {
            foreach (var family in Families)
            {
                foreach (var peer in settings.Keys)
                {
                    peer[family.Family].Memo.Clear(Attributes);
                }

                family.MarkAllUnjudged();
            }
        }

        if (isOtherInstall && IsInstalling)
        {
            EnableInstaller(true);
        }
    }

    /// <summary>After an own restart: learned routes are kept, and chosen from <see cref="EndDeferral"/> on (RFC 4724 4.1).</summary>
    internal void Defer()
    {
        Families[0].Defer();
        Families[1].Defer();
    }

    /// <summary>Learned routes are chosen from now on; <see cref="Work"/> does it.</summary>
    internal void EndDeferral()
    {
        if (IsDeferring)
        {
            Families[0].EndDeferral();
            Families[1].EndDeferral();
        }
    }

    /// <summary>Does some of the background work. Call it until it returns false, with the lock free in between.</summary>
    /// <param name="budget">How many routes to look at, about.</param>
    /// <returns>Whether there is more.</returns>
    internal bool Work(int budget)
    {
        foreach (var family in Families)
        {
            family.Sweep(ref budget);
        }

        return HasWork;
    }

    /// <summary>Lists routes of a family.</summary>
    internal RibPage List(RibQuery query) => this[query.Family].List(query);

    internal RibNumbers Numbers(RibPeer peer, BgpFamily family) => this[family].Numbers(peer);

    internal UpdateGroupKey GroupKey(RibPeer peer, BgpFamily family)
    {
        var export = _policies.Chain(peer.Settings.ExportPolicies);
        var session = peer.Session!;
        return new(
            peer.IsExternal, peer.LocalAs, export, peer.Settings.ExportDefaultAccept ?? false, peer.Settings.NextHopSelf,
            session.AddPathSend.Contains(family) ? peer.Settings.AddPathSend : 1, session.LocalRole, session.PeerLongLived.Any(c => c.Family == family),
            export.AsksForPeer ? peer.AddressPrefix : null);
    }

    private bool IsKnown(RibPeer peer) => ReferenceEquals(_peers[peer.Number], peer) && !peer.IsRemoved;

    private void SetSettings(RibPeer peer, BgpPeerSettings settings)
    {
        var import = _policies.Chain(settings.ImportPolicies);
        if (peer.Settings == settings && ReferenceEquals(peer.Import, import))
        {
            return;
        }

        peer.Settings = settings;
        peer.Import = import;
        if (peer.Session is null)
        {
            Describe(peer);
        }

        foreach (var family in Families)
        {
            peer[family.Family].Memo.Clear(Attributes);
            family.MarkUnjudged(peer);
        }
    }

    private void Describe(RibPeer peer)
    {
        peer.LocalAs = peer.Settings.LocalAs ?? Speaker.LocalAs;
        peer.IsExternal = peer.LocalAs != peer.Settings.RemoteAs;
        var isIpv4 = peer.Settings.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
        peer.AddressPrefix = new(isIpv4 ? BgpFamily.Ipv4Unicast : BgpFamily.Ipv6Unicast, isIpv4 ? (byte)32 : (byte)128, NextHop.Bits(peer.Settings.Address));
    }

    /// <summary>Numbers of removed peers are given out again once the last of their paths is swept.</summary>
    private ushort FreeNumber()
    {
        for (var i = 1; i < _peers.Count; i++)
        {
            if (_peers[i] is { IsRemoved: true } removed && removed.Families.All(static f => f.Received == 0 && f.Output is null))
            {
                return (ushort)i;
            }
        }

        return checked((ushort)_peers.Count);
    }
}
