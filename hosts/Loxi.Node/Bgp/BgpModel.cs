using System.Collections.Immutable;
using System.Net;
using Loxi.Api.Wire;
using Loxi.Bgp;
using Loxi.Bgp.Policy;
using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Node.Bgp;

/// <summary>The BGP configuration as it shall be. Immutable; a change makes another one.</summary>
internal sealed partial record BgpModel
{
    /// <summary>Most peers.</summary>
    public const int Limit = 4_096;

    /// <summary>What is expected of a peer's address.</summary>
    public const string AnotherAddress = "an address that the node itself does not have";

    public static BgpModel Empty { get; } = new();

    /// <summary>Who we are; null before that is known.</summary>
    public ConfiguredSpeaker? Speaker { get; init; }

    public ImmutableDictionary<BgpPeerKey, ConfiguredPeer> Peers { get; init; } = ImmutableDictionary<BgpPeerKey, ConfiguredPeer>.Empty;

    public BgpPolicies Policies { get; init; } = new();

    /// <summary>The peers in the order of their addresses.</summary>
    public ImmutableArray<ConfiguredPeer> InOrder =>
        [.. Peers.Values.OrderBy(static p => p.Key.Address, Comparer<IPAddress>.Create(AddressOrder.Compare)).ThenBy(static p => p.Key.Interface, StringComparer.Ordinal)];

    /// <summary>What the speaker shall be and do; null while nobody said who it is.</summary>
    public BgpConfiguration? ToConfiguration(BgpDefaults defaults) => Speaker is null ? null : new BgpConfiguration(Speaker.ToSettings(defaults))
    {
        Peers = [.. InOrder.Select(p => p.Settings with { NextHopSelf = p.NextHopSelf ?? Speaker.NextHopSelf })],
        PeerRanges = ToRanges(),
        Policies = Policies,
    };

    /// <summary>What a speaker says of the configuration that was made of this, with peers by their names and members as on the wire.</summary>
    public Problem Named(Problem problem)
    {
        var named = InOrder.Index().Select(static p => (Within: BgpFields.Peer(p.Index), Name: $"neighbor {p.Item.Key}: "))
            .Concat(RangesInOrder.Index().Select(static r => (Within: BgpFields.PeerRange(r.Index), Name: $"dynamic neighbors {r.Item.Key}: ")));
        (string Within, string Name)? found = named.Where(n => problem.Field.StartsWith(n.Within, StringComparison.Ordinal)).Cast<(string, string)?>().FirstOrDefault();
        return found is null ? problem : BgpWireFields.OnWire(problem with { Field = problem.Field[found.Value.Within.Length..] }).Within(found.Value.Name);
    }

    /// <summary>The peer that is meant; null when there is none, or several.</summary>
    public ConfiguredPeer? Find(BgpSelector selector)
    {
        ConfiguredPeer[] found = [.. Peers.Values.Where(p => selector.Means(p.Key)).Take(2)];
        return found.Length == 1 ? found[0] : null;
    }

    /// <summary>Says who the speaker is.</summary>
    public BgpResult PutSpeaker(BgpGlobalArguments wire, BgpDefaults defaults, IBgpHost host, out BgpModel desired)
    {
        desired = this;
        var problems = new List<Problem>();
        if (BgpSpeakerReader.Read(wire, Speaker, defaults, host, problems) is not { } speaker)
        {
            return new BgpResult(BgpOutcome.Malformed, [.. problems]);
        }

        // Which peers are internal ones has changed with the AS.
        foreach (var peer in InOrder)
        {
            problems.AddRange(BgpConfigurationValidator.Validate(peer.Settings, speaker.LocalAs).Select(p => BgpWireFields.OnWire(p).Within($"neighbor {peer.Key}: ")));
        }

        problems.AddRange(ThatAreTheNode(speaker, defaults, host));
        foreach (var range in RangesInOrder)
        {
            problems.AddRange(BgpConfigurationValidator.Validate(range.Settings, speaker.LocalAs).Where(static p => p.Field != BgpFields.Address).Select(p => BgpWireFields.OnWire(p).Within($"dynamic neighbors {range.Key}: ")));
        }

        if (problems.Count != 0)
        {
            return new BgpResult(BgpOutcome.Malformed, [.. problems]);
        }

        desired = Speaker == speaker ? this : this with { Speaker = speaker };
        return new BgpResult(BgpOutcome.Done);
    }

    /// <summary>Peers that the node itself would be at another port of its own. At the same one they have been asked for; an address that came to the node since takes nothing away.</summary>
    private IEnumerable<Problem> ThatAreTheNode(ConfiguredSpeaker speaker, BgpDefaults defaults, IBgpHost host)
    {
        var port = speaker.ToSettings(defaults).ListenPort;
        return port == PortOf(Speaker, defaults) ? [] : InOrder.Where(peer => IsNode(peer.Settings, port, host))
            .Select(static peer => Problem.Of($"neighbor {peer.Key}: {BgpWireFields.IPAddress}", peer.Key.Address, AnotherAddress));
    }

    private static int PortOf(ConfiguredSpeaker? speaker, BgpDefaults defaults) => speaker?.ToSettings(defaults).ListenPort ?? defaults.ListenPort;

    private static bool IsNode(BgpPeerSettings peer, int port, IBgpHost host) => peer.RemotePort == port && host.Has(peer.Address, peer.Interface);

    /// <summary>Takes the speaker away; peers and policies stay.</summary>
    public BgpResult RemoveSpeaker(out BgpModel desired)
    {
        desired = Speaker is null ? this : this with { Speaker = null };
        return new BgpResult(Speaker is null ? BgpOutcome.NoSpeaker : BgpOutcome.Done);
    }

    /// <summary>Makes a peer, or changes the one with the same address.</summary>
    public BgpResult PutPeer(BgpNeighborArguments wire, out BgpModel desired) => PutPeer(wire, static _ => false, out desired);

    /// <summary>As the other; a peer that is the node itself is refused. What is in the state file is not asked: an address may have come to the node since.</summary>
    public BgpResult PutPeer(BgpNeighborArguments wire, BgpDefaults defaults, IBgpHost host, out BgpModel desired)
    {
        var port = PortOf(Speaker, defaults);
        return PutPeer(wire, peer => IsNode(peer, port, host), out desired);
    }

    private BgpResult PutPeer(BgpNeighborArguments wire, Func<BgpPeerSettings, bool> isSelf, out BgpModel desired)
    {
        desired = this;
        if (BgpReader.ReadPeer(wire, this, isSelf, out var problems) is not { } peer)
        {
            return new BgpResult(BgpOutcome.Malformed, problems);
        }

        if (Peers.TryGetValue(peer.Key, out var there) ? there == peer : Peers.Count >= Limit)
        {
            return new BgpResult(there is null ? BgpOutcome.LimitReached : BgpOutcome.Unchanged);
        }

        desired = With(peer);
        return new BgpResult(BgpOutcome.Done);
    }

    /// <summary>Takes a peer away.</summary>
    public BgpResult RemovePeer(BgpSelector selector, out BgpModel desired)
    {
        var result = FindOrTell(selector, out var peer);
        desired = peer is null ? this : this with { Peers = Peers.Remove(peer.Key) };
        return result;
    }

    /// <summary>Takes the session with a peer down for as long as this is not taken back.</summary>
    public BgpResult ShutDown(BgpSelector selector, bool isDown, string? text, out BgpModel desired)
    {
        desired = this;
        if (BgpReader.CheckText("text", text) is { } problem)
        {
            return new BgpResult(BgpOutcome.Malformed, [problem]);
        }

        var result = FindOrTell(selector, out var peer);
        if (peer is not null && peer.Settings.AdministrativelyDown != isDown)
        {
            desired = With(peer with { Settings = peer.Settings with { AdministrativelyDown = isDown } });
        }

        return result;
    }

    public BgpModel With(ConfiguredPeer peer) => this with { Peers = Peers.SetItem(peer.Key, peer) };

    /// <summary>The peer that is meant, or why there is none.</summary>
    public BgpResult FindOrTell(BgpSelector selector, out ConfiguredPeer? peer)
    {
        BgpPeerKey[] meant = [.. Peers.Keys.Where(selector.Means)];
        peer = meant.Length == 1 ? Peers[meant[0]] : null;
        if (meant.Length > 1)
        {
            var interfaces = string.Join(", ", meant.Select(static key => key.Interface).Order(StringComparer.Ordinal));
            return new BgpResult(BgpOutcome.Malformed, [Problem.Of(BgpFields.Interface, "", $"one of {interfaces}: each has a peer {selector.Address}")]);
        }

        return new BgpResult(peer is null ? BgpOutcome.NoPeer : BgpOutcome.Done);
    }
}
