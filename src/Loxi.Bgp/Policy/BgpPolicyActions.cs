namespace Loxi.Bgp.Policy;

/// <summary>What a statement does with a route. Immutable; compares by value.</summary>
public sealed record BgpPolicyActions
{
    /// <summary>What is decided, after the other actions.</summary>
    /// <value>Default: <see cref="BgpRouteDisposition.None"/>.</value>
    public BgpRouteDisposition Disposition { get; init; }

    /// <summary>MULTI_EXIT_DISC.</summary>
    /// <value>Default: null, unchanged.</value>
    public BgpMedAction? Med { get; init; }

    /// <summary>LOCAL_PREF, 0 to 4,294,967,295. eBGP peers never get one (RFC 4271 5.1.5).</summary>
    /// <value>Default: null, unchanged.</value>
    public uint? LocalPreference { get; init; }

    /// <summary>The next hop.</summary>
    /// <value>Default: null: our own address to eBGP peers, unchanged to iBGP peers (RFC 4271 5.1.3).</value>
    public BgpNextHopAction? NextHop { get; init; }

    /// <summary>Communities (RFC 1997).</summary>
    /// <value>Default: null, unchanged.</value>
    public BgpCommunityAction? Communities { get; init; }

    /// <summary>Extended communities (RFC 4360).</summary>
    /// <value>Default: null, unchanged.</value>
    public BgpCommunityAction? ExtendedCommunities { get; init; }

    /// <summary>Large communities (RFC 8092).</summary>
    /// <value>Default: null, unchanged.</value>
    public BgpCommunityAction? LargeCommunities { get; init; }

    /// <summary>What is prepended to AS_PATH.</summary>
    /// <value>Default: null, nothing.</value>
    public BgpPrependAction? Prepend { get; init; }
}
