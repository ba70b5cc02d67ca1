using Loxi.Bgp;
using Loxi.Core;

namespace Loxi.Node.Bgp;

/// <summary>The members of the wire, where they differ from those of Loxi.Bgp.</summary>
internal static class BgpWireFields
{
    public const string IPAddress = "ipAddress";
    public const string Prefix = "prefix";
    public const string Shutdown = "shutdown";
    public const string Password = "password";
    public const string TcpAoKeyId = "tcpAo.keyId";
    public const string TcpAoAlgorithm = "tcpAo.algorithm";
    public const string Keepalive = "keepalive";
    public const string ConnectRetry = "connectRetry";
    public const string SetMultiHop = "setMultiHop";
    public const string ShutdownText = "shutdownText";
    public const string ImportDefault = "importDefault";
    public const string ExportDefault = "exportDefault";

    /// <summary>The problem of a peer with the name that the member has on the wire.</summary>
    public static Problem OnWire(Problem problem) => problem with
    {
        Field = problem.Field switch
        {
            BgpFields.Address => IPAddress,
            BgpFields.Network => Prefix,
            BgpFields.Md5Password => Password,
            BgpFields.KeepaliveInterval => Keepalive,
            BgpFields.ConnectRetryTime => ConnectRetry,
            _ => problem.Field,
        },
    };
}
