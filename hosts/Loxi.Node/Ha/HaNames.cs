using Loxi.Ha.Roles;
using Loxi.Node.Roles;

namespace Loxi.Node.Ha;

/// <summary>Roles of the node and of the speaker, and names on the wire.</summary>
internal static class HaNames
{
    public static PostedRole ToPosted(NodeRole role) => role switch
    {
        NodeRole.Master => PostedRole.Master,
        NodeRole.Backup => PostedRole.Backup,
        NodeRole.Fault => PostedRole.Fault,
        NodeRole.Stop => PostedRole.Stop,
        _ => PostedRole.NotDefined,
    };

    /// <summary>A node that does not know yet who serves has no role, so that BGP announces nothing.</summary>
    public static NodeRole ToNode(HelloRole role) => role switch
    {
        HelloRole.Master => NodeRole.Master,
        HelloRole.Listening => NodeRole.NotDefined,
        _ => NodeRole.Backup,
    };

    /// <summary><c>MasterSilent</c> as <c>master-silent</c>.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => string.Concat(value.ToString().Select(static (c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
}
