using Loxi.Ha.Roles;

namespace Loxi.Ha.Transport;

/// <summary>Another node in a VIP group, by its newest HELLO.</summary>
/// <param name="NodeId">Its id.</param>
/// <param name="IsHeard">Whether it is heard now; else nothing else counts.</param>
/// <param name="HearsUs">Whether it says that it hears this node.</param>
/// <param name="Role">Its role.</param>
/// <param name="Readiness">How ready it is.</param>
/// <param name="Health">Its health.</param>
/// <param name="Priority">Whom the operator prefers: the greater.</param>
/// <param name="Pinned">Whether it is pinned as a backup, or stops.</param>
public sealed record RoleGroupPeer(ushort NodeId, bool IsHeard, bool HearsUs, HelloRole Role, Readiness Readiness, byte Health, byte Priority, bool Pinned);
