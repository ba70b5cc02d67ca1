using Loxi.Bfd;
using Loxi.Core;

namespace Loxi.Node.Bfd;

/// <summary>The members of the wire, and which of them a problem of Loxi.Bfd is about.</summary>
internal static class BfdFields
{
    public const string Instance = "instance";
    public const string RemoteIP = "remoteIp";
    public const string SourceIP = "sourceIp";
    public const string Interval = "interval";
    public const string RetryCount = "retryCount";
    public const string MinRx = "minRx";
    public const string Multihop = "multihop";
    public const string MinTtl = "minTtl";
    public const string Interface = "interface";
    public const string EchoInterval = "echo.interval";
    public const string EchoMinRx = "echo.minRx";
    public const string AuthenticationType = "auth.type";
    public const string AuthenticationKeys = "auth.keys";
    public const string ActiveKeyId = "auth.activeKeyId";

    /// <summary>The problem with the name that the member has on the wire.</summary>
    public static Problem OnWire(Problem problem) => problem with { Field = OnWire(problem.Field) };

    private static string OnWire(string field) => field switch
    {
        BfdSessionFields.PeerAddress => RemoteIP,
        BfdSessionFields.LocalAddress => SourceIP,
        BfdSessionFields.DesiredMinTxInterval => Interval,
        BfdSessionFields.RequiredMinRxInterval => MinRx,
        BfdSessionFields.DetectMult => RetryCount,
        BfdSessionFields.MinimumTtl => MinTtl,
        BfdSessionFields.DesiredMinEchoTxInterval => EchoInterval,
        BfdSessionFields.RequiredMinEchoRxInterval => EchoMinRx,
        BfdSessionFields.AuthenticationType => AuthenticationType,
        BfdSessionFields.ActiveKeyId => ActiveKeyId,
        BfdSessionFields.Kind => Multihop,
        _ when field.StartsWith(BfdSessionFields.AuthenticationKeys, StringComparison.Ordinal) => AuthenticationKeys + field[BfdSessionFields.AuthenticationKeys.Length..],
        _ => field,
    };
}
