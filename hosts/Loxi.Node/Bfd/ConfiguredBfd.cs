using Loxi.Bfd;

namespace Loxi.Node.Bfd;

/// <summary>A BFD session as it is configured.</summary>
/// <param name="Settings">Its settings; the peer without a scope.</param>
internal sealed record ConfiguredBfd(BfdSessionSettings Settings)
{
    public BfdName Name => BfdName.Of(Settings);

    /// <summary>Whether the receive interval was given; else it is always the transmit interval.</summary>
    public bool HasMinRx { get; init; }

    public BfdOrigin Origin { get; init; }
}
