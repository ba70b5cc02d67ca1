namespace Loxi.Node.Rest;

/// <summary>The paths of loxilb whose functions this version does not have.</summary>
internal static class LoxilbPaths
{
    private const string Base = "/netlox/v1/";

    private static readonly string[] Functions =
    [
        "auth", "oauth", "meta", "logs", "log-archives", "nodegraph", "metrics", "status",
        "config/port", "config/route", "config/session", "config/sessionulcl", "config/policy", "config/mirror",
        "config/ipv4address", "config/neighbor", "config/fdb", "config/vlan", "config/tunnel",
        "config/firewall", "config/metrics", "config/cors", "config/import", "config/export",
    ];

    public static bool IsKnown(string path) => Find(path) is not null;

    public static string FunctionOf(string path) => Base + Find(path);

    private static string? Find(string path)
    {
        if (!path.StartsWith(Base, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = path.AsSpan(Base.Length);
        foreach (var function in Functions)
        {
            if (rest.StartsWith(function, StringComparison.Ordinal) && (rest.Length == function.Length || rest[function.Length] == '/'))
            {
                return function;
            }
        }

        return null;
    }
}
