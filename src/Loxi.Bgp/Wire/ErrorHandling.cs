namespace Loxi.Bgp.Wire;

/// <summary>What follows from an error (RFC 7606 2), the stronger the higher. "AFI/SAFI disable" is not used.</summary>
internal enum ErrorHandling : byte
{
    None,

    /// <summary>A prefix or a family is passed over, all else stays (RFC 4271 6.3, 4760 7).</summary>
    Ignore,

    /// <summary>The attribute is dropped, the routes stay.</summary>
    AttributeDiscard,

    /// <summary>The routes count as withdrawn, the session stays.</summary>
    TreatAsWithdraw,

    /// <summary>A NOTIFICATION ends the session.</summary>
    SessionReset,
}
