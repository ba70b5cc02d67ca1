namespace Loxi.Bgp.Policy;

/// <summary>What is done with the communities of a route.</summary>
public enum BgpCommunityMethod : byte
{
    /// <summary>The named ones are added where they are missing.</summary>
    Add,

    /// <summary>Those that match are removed.</summary>
    Remove,

    /// <summary>The named ones take the place of all; none named clears them.</summary>
    Replace,
}
