namespace Loxi.Bgp.Tests.Live;

/// <summary>What the list says is right.</summary>
internal enum LiveReaction
{
    /// <summary>The message counts as if nothing were wrong.</summary>
    Accept,

    /// <summary>Session and route before it stay.</summary>
    Ignore,

    /// <summary>An attribute goes, the route stays.</summary>
    Discard,

    /// <summary>As <see cref="Discard"/> in an UPDATE without a route: the route before it stays.</summary>
    IgnoredDiscard,

    /// <summary>The route goes, the session stays.</summary>
    Withdraw,

    /// <summary>The route is kept and not used.</summary>
    Unusable,

    /// <summary>The session ends with a NOTIFICATION.</summary>
    Reset,

    /// <summary>The session ends without one.</summary>
    Close,
}
