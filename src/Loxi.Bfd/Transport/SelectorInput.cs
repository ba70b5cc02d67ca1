namespace Loxi.Bfd.Transport;

/// <summary>What the sessions of one port let in.</summary>
internal readonly record struct SelectorInput
{
    /// <summary>Whether it is a port of IPv6.</summary>
    public bool IsV6 { get; init; }

    /// <summary>The least TTL that one of the sessions takes.</summary>
    public int MinimumTtl { get; init; }

    /// <summary>Local discriminators of the sessions; null to let every one in.</summary>
    public IReadOnlyCollection<uint>? Discriminators { get; init; }

    /// <summary>The last four bytes of the peers' addresses; null to let every one in.</summary>
    public IReadOnlyCollection<uint>? Peers { get; init; }

    /// <summary>The same without what grows with the number of sessions.</summary>
    public SelectorInput Coarse => this with { Discriminators = null, Peers = null };
}
