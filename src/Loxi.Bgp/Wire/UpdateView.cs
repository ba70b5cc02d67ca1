namespace Loxi.Bgp.Wire;

/// <summary>An UPDATE that was read: what it says, and what is wrong with it. Refers to the message and to the buffer it was read with.</summary>
internal readonly ref struct UpdateView
{
    private readonly UpdateBuffer _buffer;

    internal UpdateView(UpdateBuffer buffer) => _buffer = buffer;

    /// <summary>
    /// What follows: up to <see cref="ErrorHandling.AttributeDiscard"/> the UPDATE is used; at <see cref="ErrorHandling.TreatAsWithdraw"/> what it
    /// announces is withdrawn; at <see cref="ErrorHandling.SessionReset"/> nothing of it is used and <see cref="Error"/> ends the session.
    /// </summary>
    internal ErrorHandling Outcome => Error.Handling;

    /// <summary>The error with the strongest handling, the first of them.</summary>
    internal BgpError Error { get; init; }

    /// <summary>All errors, up to <see cref="UpdateBuffer.MostErrors"/>, in the order they were found.</summary>
    internal ReadOnlySpan<BgpError> Errors => _buffer.Errors;

    /// <summary>How many errors there were.</summary>
    internal int ErrorCount => _buffer.ErrorCount;

    /// <summary>WITHDRAWN ROUTES: to be used before what is announced, which may name the same prefix (RFC 4271 4.3).</summary>
    internal PrefixList Withdrawn { get; init; }

    /// <summary>NLRI.</summary>
    internal PrefixList Announced { get; init; }

    /// <summary>Of MP_UNREACH_NLRI.</summary>
    internal PrefixList MpWithdrawn { get; init; }

    /// <summary>Of MP_REACH_NLRI.</summary>
    internal PrefixList MpAnnounced { get; init; }

    /// <summary>Next hop of <see cref="Announced"/>.</summary>
    internal NextHop NextHop { get; init; }

    /// <summary>Next hop of <see cref="MpAnnounced"/>.</summary>
    internal NextHop MpNextHop { get; init; }

    /// <summary>The family whose End-of-RIB this is (RFC 4724 2).</summary>
    internal BgpFamily? EndOfRib { get; init; }

    /// <summary>Whether there are attributes for what is announced.</summary>
    internal bool HasAttributes { get; init; }

    /// <summary>The attributes of what is announced; empty when nothing is, or nothing of it is used.</summary>
    internal AttributeBlock Attributes => HasAttributes ? _buffer.Block : default;

    /// <summary>Of the same buffer: the same number, the same octets of <see cref="Attributes"/>.</summary>
    internal long AttributesVersion => _buffer.Version;
}
