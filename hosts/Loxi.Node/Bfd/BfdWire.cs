using Loxi.Api.Wire;
using Loxi.Bfd;
using Loxi.Core.Services;

namespace Loxi.Node.Bfd;

/// <summary>Writes a session's configuration as <c>POST /netlox/v1/config/bfd</c> takes it.</summary>
internal static class BfdWire
{
    /// <summary>All of it, for the state file: with the secrets.</summary>
    public static BfdArguments ToArguments(ConfiguredBfd session)
    {
        var settings = session.Settings;
        return new BfdArguments
        {
            Instance = VipGroups.Default,
            RemoteIP = settings.PeerAddress.ToString(),
            SourceIP = settings.LocalAddress?.ToString(),
            Interval = BfdReader.Microseconds(settings.DesiredMinTxInterval),
            RetryCount = settings.DetectMult,
            MinRx = session.HasMinRx ? BfdReader.Microseconds(settings.RequiredMinRxInterval) : null,
            Multihop = settings.Kind == BfdSessionKind.Multihop,
            MinTtl = settings.MinimumTtl,
            Passive = settings.Passive ? true : null,
            Interface = settings.Interface,
            Authentication = ToWire(settings.Authentication, withSecrets: true),
            Echo = ToEcho(settings),
        };
    }

    public static BfdAuthenticationArguments? ToWire(BfdAuthentication? authentication, bool withSecrets) => authentication is null ? null : new BfdAuthenticationArguments
    {
        Type = BfdAuthenticationNames.NameOf(authentication.Type),
        Keys = [.. authentication.Keys.Select(key => new BfdKeyArguments { Id = key.Id, Secret = withSecrets ? BfdReader.TextOf(key) : null })],
        ActiveKeyId = authentication.ActiveKeyId,
    };

    public static BfdEchoArguments? ToEcho(BfdSessionSettings settings)
    {
        var (interval, minRx) = (BfdReader.Microseconds(settings.DesiredMinEchoTxInterval), BfdReader.Microseconds(settings.RequiredMinEchoRxInterval));
        return interval == 0 && minRx == 0 ? null : new BfdEchoArguments { Interval = interval, MinRx = minRx };
    }

    /// <summary>The least TTL that is in force.</summary>
    public static int MinTtlOf(BfdSessionSettings settings) => settings.MinimumTtl ?? (settings.Kind == BfdSessionKind.Multihop ? 1 : 255);

    /// <summary>The UDP port (RFC 5881 4, RFC 5883 5).</summary>
    public static int PortOf(BfdSessionSettings settings) => settings.Kind == BfdSessionKind.Multihop ? 4784 : 3784;
}
