namespace Loxi.Bfd;

/// <summary>Names of the members of <see cref="BfdSessionSettings"/> in problems.</summary>
public static class BfdSessionFields
{
    /// <summary>The peer's address.</summary>
    public const string PeerAddress = "peerAddress";

    /// <summary>The own address.</summary>
    public const string LocalAddress = "localAddress";

    /// <summary>The interface.</summary>
    public const string Interface = "interface";

    /// <summary>The kind.</summary>
    public const string Kind = "kind";

    /// <summary>The least TTL.</summary>
    public const string MinimumTtl = "minimumTtl";

    /// <summary>The transmit interval.</summary>
    public const string DesiredMinTxInterval = "desiredMinTxInterval";

    /// <summary>The receive interval.</summary>
    public const string RequiredMinRxInterval = "requiredMinRxInterval";

    /// <summary>The multiplier.</summary>
    public const string DetectMult = "detectMult";

    /// <summary>The receive interval of echo packets.</summary>
    public const string RequiredMinEchoRxInterval = "requiredMinEchoRxInterval";

    /// <summary>The transmit interval of echo packets.</summary>
    public const string DesiredMinEchoTxInterval = "desiredMinEchoTxInterval";

    /// <summary>Demand mode.</summary>
    public const string Demand = "demand";

    /// <summary>The interval of verification in demand mode.</summary>
    public const string DemandPollInterval = "demandPollInterval";

    /// <summary>The passive role.</summary>
    public const string Passive = "passive";

    /// <summary>The point-to-point link.</summary>
    public const string PointToPoint = "pointToPoint";

    /// <summary>The kind of authentication.</summary>
    public const string AuthenticationType = "authentication.type";

    /// <summary>The keys.</summary>
    public const string AuthenticationKeys = "authentication.keys";

    /// <summary>The key to send with.</summary>
    public const string ActiveKeyId = "authentication.activeKeyId";

    /// <summary>A key's identifier.</summary>
    /// <param name="index">The key's place.</param>
    /// <returns>The name.</returns>
    public static string KeyId(int index) => $"{AuthenticationKeys}[{index}].id";

    /// <summary>A key's secret.</summary>
    /// <param name="index">The key's place.</param>
    /// <returns>The name.</returns>
    public static string KeySecret(int index) => $"{AuthenticationKeys}[{index}].secret";
}
