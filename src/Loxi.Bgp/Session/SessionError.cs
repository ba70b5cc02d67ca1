namespace Loxi.Bgp.Session;

/// <summary>The last thing that ended an attempt or a session, for listings and logs.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="State">In which state.</param>
/// <param name="At">When, on the session's clock.</param>
/// <param name="Notification">The NOTIFICATION of either side.</param>
/// <param name="Text">What else is known: the system's error, or the peer's shutdown communication (RFC 9003); empty for nothing.</param>
internal sealed record SessionError(SessionErrorKind Kind, BgpState State, TimeSpan At, SessionNotification? Notification, string Text);
