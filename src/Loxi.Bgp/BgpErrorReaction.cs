namespace Loxi.Bgp;

/// <summary>What followed from a malformed message (RFC 7606 2).</summary>
public enum BgpErrorReaction : byte
{
    /// <summary>The attribute was left out, the routes stay.</summary>
    AttributeDiscard,

    /// <summary>The routes count as withdrawn, the session stays.</summary>
    TreatAsWithdraw,

    /// <summary>A NOTIFICATION ended the session.</summary>
    SessionReset,
}
