using System.Collections.Immutable;
using System.Net;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>With whom a <see cref="SyncSpeaker{TKey, TValue}"/> speaks; can be replaced while it runs.</summary>
public sealed record SyncSpeakerSettings
{
    /// <summary>TCP port of sync where nothing else is said.</summary>
    public const int DefaultPort = 22112;

    /// <summary>The other nodes.</summary>
    /// <value>Default: none; 64 at most.</value>
    public ImmutableArray<SyncPeerSettings> Peers { get; init; } = [];

    /// <summary>Where peers with a lower number connect to this node. Only while there are such peers anybody listens. The unspecified IPv6 address includes IPv4.</summary>
    /// <value>Default: all addresses, <see cref="DefaultPort"/>.</value>
    public ImmutableArray<IPEndPoint> Listen { get; init; } = [new(IPAddress.IPv6Any, DefaultPort)];
}
