using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp;

namespace Loxi.Node.Bgp;

/// <summary>What the node needs of a BGP speaker. All members may be called from any thread.</summary>
internal interface INodeBgpSpeaker
{
    /// <summary>Says that this is a restart over which the data plane served on, to peers with graceful restart; before the first configuration.</summary>
    void AnnounceRestart();

    /// <summary>Makes this what the speaker is and does, all or nothing. A peer whose settings stay the same is not touched.</summary>
    /// <param name="configuration">What it shall be; null for no speaker: every session is closed and nothing listened on.</param>
    /// <param name="text">Told to the peers that this takes down administratively (RFC 9003); empty for nothing.</param>
    /// <exception cref="InvalidBgpConfigurationException">Something is wrong with it, or an address or the port cannot be had.</exception>
    Task ApplyAsync(BgpConfiguration? configuration, string text = "");

    /// <summary>Changes announcements and leaves the others as they are, in the time that the changes take; with or without a configuration. Ends when the RIB has them.</summary>
    /// <exception cref="InvalidBgpConfigurationException">Something is wrong with them.</exception>
    Task ChangeAdvertisementsAsync(IReadOnlyList<BgpAdvertisement> announced, IReadOnlyList<IPNetwork> withdrawn);

    /// <summary>Reads the peers in the order of their addresses.</summary>
    Task<ImmutableArray<BgpPeerReport>> ReadPeersAsync();

    /// <summary>Reads what went wrong with a peer; null when there is no such peer.</summary>
    Task<BgpPeerErrors?> ReadErrorsAsync(BgpPeerKey peer);

    /// <summary>Reads a page of routes.</summary>
    /// <exception cref="FormatException"><see cref="BgpRouteQuery.After"/> is not the end of a page.</exception>
    Task<BgpRoutePage> ReadRoutesAsync(BgpRouteQuery query);

    /// <summary>Resets a session; false when there is no such peer.</summary>
    Task<bool> ResetAsync(BgpPeerKey peer, BgpResetKind kind, string text = "");

    /// <summary>Waits until everything that is due is sent; false when the time is over before.</summary>
    Task<bool> FlushAsync(TimeSpan limit);

    /// <summary>Closes every session with Cease 6/2 and the text, and ends. May be called again.</summary>
    ValueTask StopAsync(string text);

    /// <summary>As <see cref="StopAsync"/>, but sessions with graceful restart are closed without a word: these peers go on sending to us.</summary>
    ValueTask StopForRestartAsync(string text);
}
