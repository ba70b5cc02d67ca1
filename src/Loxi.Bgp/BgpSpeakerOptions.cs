using Loxi.Linux.Namespaces;

namespace Loxi.Bgp;

/// <summary>How a <see cref="BgpSpeaker"/> works.</summary>
public sealed record BgpSpeakerOptions
{
    /// <summary>The network namespace that the speaker works in; must stay open until it is disposed.</summary>
    /// <value>Default: null, that of the process.</value>
    public NetworkNamespace? NetworkNamespace { get; init; }
}
