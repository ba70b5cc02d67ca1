namespace Loxi.Bgp.Policy;

/// <summary>How the members of a set decide a match.</summary>
public enum BgpMatchOption : byte
{
    /// <summary>One member matches.</summary>
    Any,

    /// <summary>Every member matches something of the route; not for prefix and peer sets.</summary>
    All,

    /// <summary>No member matches.</summary>
    Invert,
}
