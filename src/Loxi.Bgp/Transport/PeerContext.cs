using Loxi.Linux.Namespaces;
using Microsoft.Extensions.Logging;

namespace Loxi.Bgp.Transport;

/// <summary>What a peer is made with.</summary>
internal sealed record PeerContext
{
    internal required BgpSpeakerSettings Speaker { get; init; }

    internal required BgpPeerSettings Peer { get; init; }

    internal required IRibSession Rib { get; init; }

    internal IPeerObserver? Observer { get; init; }

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>For jitter; of this peer alone, since it is used under its lock only.</summary>
    internal required Random Random { get; init; }

    internal required ILogger Logger { get; init; }

    /// <summary>Where connections are made; must stay open. Null: the namespace of the process.</summary>
    internal NetworkNamespace? Namespace { get; init; }
}
