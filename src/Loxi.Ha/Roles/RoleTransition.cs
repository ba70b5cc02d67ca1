namespace Loxi.Ha.Roles;

/// <summary>A change of role.</summary>
/// <param name="From">The role before.</param>
/// <param name="To">The role after.</param>
/// <param name="Cause">Why.</param>
/// <param name="Term">The term after it.</param>
/// <param name="Peer">The other node that caused it, if one did.</param>
/// <param name="Time">When: <c>now</c> of the step.</param>
public readonly record struct RoleTransition(HelloRole From, HelloRole To, RoleCause Cause, ulong Term, ushort? Peer, TimeSpan Time);
