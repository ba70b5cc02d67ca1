using System.Net;

namespace Loxi.Node.Roles;

/// <summary>The role in one VIP group.</summary>
/// <param name="Role">The role.</param>
/// <param name="Vip">What was posted with it; 0.0.0.0 for none.</param>
internal sealed record GroupRole(NodeRole Role, IPAddress Vip)
{
    public static GroupRole NotDefined { get; } = new(NodeRole.NotDefined, IPAddress.Any);
}
