namespace Loxi.Node.Roles;

/// <summary>The names of roles on the wire.</summary>
internal static class NodeRoleNames
{
    public const string Expected = "MASTER, BACKUP, FAULT, STOP or NOT_DEFINED";

    public static string Of(NodeRole role) => role == NodeRole.NotDefined ? "NOT_DEFINED" : role.ToString().ToUpperInvariant();

    public static bool TryParse(string? name, out NodeRole role)
    {
        foreach (var one in Enum.GetValues<NodeRole>())
        {
            if (Of(one) == name)
            {
                role = one;
                return true;
            }
        }

        role = NodeRole.NotDefined;
        return false;
    }
}
