namespace Loxi.Bgp;

/// <summary>How the best of several paths is chosen (RFC 4271 9.1.2.2): the rules that are left to the operator.</summary>
public sealed record BgpBestPathSettings
{
    /// <summary>Whether the length of AS_PATH is left out of the comparison.</summary>
    /// <value>Default: false.</value>
    public bool IgnoreAsPathLength { get; init; }

    /// <summary>Whether MEDs of different neighbouring ASes are compared with each other.</summary>
    /// <value>Default: false (RFC 4271 9.1.2.2 c).</value>
    public bool AlwaysCompareMed { get; init; }

    /// <summary>Whether a path without a MED has the worst one instead of 0, the best.</summary>
    /// <value>Default: false.</value>
    public bool MissingMedIsWorst { get; init; }

    /// <summary>Whether the lower BGP identifier decides between eBGP paths at once; else the best path stays the best while nothing but the identifier is against it (RFC 5004).</summary>
    /// <value>Default: false.</value>
    public bool CompareRouterId { get; init; }

    /// <summary>Whether multipath takes paths of other neighbouring ASes too.</summary>
    /// <value>Default: true.</value>
    public bool MultipathAcrossAses { get; init; } = true;
}
