namespace Loxi.Node.Bfd;

/// <summary>Who configured a BFD session.</summary>
internal enum BfdOrigin
{
    /// <summary>An operator, by REST: the session is saved.</summary>
    Api,

    /// <summary>The flag <c>--ka</c>: the session is not saved, whatever is changed about it later.</summary>
    Flag,
}
