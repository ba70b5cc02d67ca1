using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Sync.Transport;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>Another node whose table is kept like this one's.</summary>
/// <param name="NodeId">Its number, as in the versions that it makes.</param>
public sealed record SyncPeerSettings(byte NodeId)
{
    /// <summary>Whose keys it may have. Two while its certificate is replaced; none that another peer has.</summary>
    public required ImmutableArray<CertificatePin> Pins { get; init; }

    /// <summary>Where this node connects to it when its own number is the lower one: at least one then, tried in turn. Else nothing is made of them.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<IPEndPoint> Addresses { get; init; } = [];

    /// <summary>The names of the interfaces by which link-local ones of <see cref="Addresses"/> without a scope are reached; looked up each time that this node connects.</summary>
    /// <value>Default: none.</value>
    public ImmutableDictionary<IPAddress, string> Interfaces { get; init; } = ImmutableDictionary<IPAddress, string>.Empty;
}
