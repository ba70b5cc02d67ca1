using System.Collections.Immutable;
using System.Text;
using Loxi.Core;

namespace Loxi.Bgp;

// One peer.
public static partial class BgpConfigurationValidator
{
    private const int LongestDescription = 128;
    private const int LongestInterfaceName = 15;
    private const int LongestPassword = 80;
    private const int LongestTime = 65_535;
    private const int LongestRetry = 300;
    private const int LongestHour = 3_600;
    private const int LongestStale = 16_777_215;
    private const int MostOwnAs = 10;
    private const int MostPrefixes = 10_000_000;
    private const int LongestRestartOfLimit = 86_400;

    /// <summary>Checks a peer.</summary>
    /// <param name="peer">Its settings.</param>
    /// <param name="localAs">The speaker's AS; 0 when it is not known yet, so that whether the peer is an internal one is not either.</param>
    /// <returns>All problems, the names without <see cref="BgpFields.Peer"/>; empty when there is none. A password is never shown.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="peer"/> is null.</exception>
    public static ImmutableArray<Problem> Validate(BgpPeerSettings peer, uint localAs = 0)
    {
        ArgumentNullException.ThrowIfNull(peer);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        CheckConnection(peer, problems);
        CheckTimers(peer, problems);
        CheckRoutes(peer, problems);
        Require(IsAs(peer.RemoteAs), BgpFields.RemoteAs, peer.RemoteAs, AnAs, problems);
        Require(peer.LocalAs is not { } own || IsAs(own), BgpFields.LocalAs, peer.LocalAs, AnAs, problems);
        Require(peer.Description.Length <= LongestDescription, BgpFields.Description, peer.Description, $"at most {LongestDescription} characters", problems);
        if (peer.Role is { } role)
        {
            Require(Enum.IsDefined(role), BgpFields.Role, (int)role, "0 to 4", problems);
            // RFC 9234 4.1.
            Require((peer.LocalAs ?? localAs) != peer.RemoteAs, BgpFields.Role, role, "none towards a peer of the own AS", problems);
        }

        Require(!peer.RoleStrict || peer.Role is not null, BgpFields.RoleStrict, "true", "false without a role", problems);
        Require(Enum.IsDefined(peer.Bfd), BgpFields.Bfd, (int)peer.Bfd, "0 to 3", problems);
        return problems.DrainToImmutable();
    }

    private static void CheckConnection(BgpPeerSettings peer, ImmutableArray<Problem>.Builder problems)
    {
        var (address, own) = (peer.Address, peer.LocalAddress);
        Require(IsUnicast(address), BgpFields.Address, address, Unicast, problems);
        if (own is not null)
        {
            Require(IsUnicast(own), BgpFields.LocalAddress, own, Unicast, problems);
            Require(own.AddressFamily == address.AddressFamily, BgpFields.LocalAddress, own, $"an address of the family of the peer {address}", problems);
            Require(!own.Equals(address), BgpFields.LocalAddress, own, "another address than the peer's", problems);
        }

        if (peer.Interface is { } name)
        {
            Require(IsInterfaceName(name), BgpFields.Interface, name, $"1 to {LongestInterfaceName} bytes without white space, '/' and ':', not '.' or '..'", problems);
        }
        else
        {
            Require(!address.IsIPv6LinkLocal || address.ScopeId != 0, BgpFields.Interface, null, $"the interface of the link-local peer {address}", problems);
        }

        Require(!peer.RouterAdvertisements || peer.Interface is not null, BgpFields.RouterAdvertisements, "true", "false without an interface", problems);
        Require(peer.RemotePort is >= 1 and <= ushort.MaxValue, BgpFields.RemotePort, peer.RemotePort, "1 to 65535", problems);
        Require(peer.MultihopTtl is >= 1 and <= 255, BgpFields.MultihopTtl, peer.MultihopTtl, "1 to 255", problems);
        Require(peer.GtsmHops is null or (>= 1 and <= 254), BgpFields.GtsmHops, peer.GtsmHops, "1 to 254", problems);
        if (peer.Md5Password is { } password)
        {
            var length = Encoding.UTF8.GetByteCount(password);
            Require(length is >= 1 and <= LongestPassword, BgpFields.Md5Password, $"{length} bytes", $"1 to {LongestPassword} bytes of text", problems);
        }

        if (peer.TcpAo is { } key)
        {
            var length = Encoding.UTF8.GetByteCount(key.Secret);
            Require(length is >= 1 and <= LongestPassword, BgpFields.TcpAoSecret, $"{length} bytes", $"1 to {LongestPassword} bytes of text", problems);
            Require(peer.Md5Password is null && Enum.IsDefined(key.Algorithm), BgpFields.TcpAo, key, "a key with a known algorithm, and none of TCP MD5 beside it", problems);
        }
    }

    private static void CheckTimers(BgpPeerSettings peer, ImmutableArray<Problem>.Builder problems)
    {
        void Time(TimeSpan? time, string field, int least, int greatest, string expected = "") =>
            Require(time is not { } given || IsWhole(given, least, greatest), field, time is null ? null : Seconds(time.Value), $"{expected}{least} to {greatest} whole seconds", problems);

        // RFC 4271 4.2: zero, or at least three seconds.
        Require(peer.HoldTime == TimeSpan.Zero || IsWhole(peer.HoldTime, 3, LongestTime), BgpFields.HoldTime, Seconds(peer.HoldTime), $"0, or 3 to {LongestTime} whole seconds", problems);
        Time(peer.KeepaliveInterval, BgpFields.KeepaliveInterval, 1, LongestTime);
        Time(peer.OpenHoldTime, BgpFields.OpenHoldTime, 3, LongestHour);
        Time(peer.SendHoldTime, BgpFields.SendHoldTime, 3, LongestTime);
        Time(peer.LongLivedStaleTime, BgpFields.LongLivedStaleTime, 1, LongestStale);
        Time(peer.PrefixLimitRestart, BgpFields.PrefixLimitRestart, 1, LongestRestartOfLimit);
        Require(
            peer.ConnectRetryTime >= TimeSpan.FromMilliseconds(100) && peer.ConnectRetryTime <= TimeSpan.FromSeconds(LongestRetry), BgpFields.ConnectRetryTime, Seconds(peer.ConnectRetryTime), $"0.1 to {LongestRetry} s", problems);
        Require(
            peer.ConnectRetryLimit >= peer.ConnectRetryTime && peer.ConnectRetryLimit <= TimeSpan.FromSeconds(LongestHour),
            BgpFields.ConnectRetryLimit, Seconds(peer.ConnectRetryLimit), $"{Seconds(peer.ConnectRetryTime)}, the first ConnectRetry time, to {LongestHour} s", problems);
        Require(peer.LongLivedStaleTime is null || peer.GracefulRestart, BgpFields.LongLivedStaleTime, peer.LongLivedStaleTime is { } stale ? Seconds(stale) : null, "none without graceful restart", problems);
    }

    private static void CheckRoutes(BgpPeerSettings peer, ImmutableArray<Problem>.Builder problems)
    {
        Require(
            !peer.Families.IsDefaultOrEmpty && peer.Families.All(Enum.IsDefined) && peer.Families.Distinct().Count() == peer.Families.Length,
            BgpFields.Families, peer.Families.IsDefault ? "" : string.Join(',', peer.Families), "at least one family, each once", problems);
        Require(peer.AddPathSend is >= 1 and <= MostPaths, BgpFields.AddPathSend, peer.AddPathSend, $"1 to {MostPaths}", problems);
        Require(peer.AllowOwnAs is >= 0 and <= MostOwnAs, BgpFields.AllowOwnAs, peer.AllowOwnAs, $"0 to {MostOwnAs}", problems);
        Require(peer.PrefixLimit is null or (>= 1 and <= MostPrefixes), BgpFields.PrefixLimit, peer.PrefixLimit, $"1 to {MostPrefixes}", problems);
        Require(peer.PrefixWarningPercent is >= 1 and <= 100, BgpFields.PrefixWarningPercent, peer.PrefixWarningPercent, "1 to 100", problems);
        CheckPolicies(BgpFields.ImportPolicies, peer.ImportPolicies, problems);
        CheckPolicies(BgpFields.ExportPolicies, peer.ExportPolicies, problems);
    }

    private static void CheckPolicies(string field, ImmutableArray<string> names, ImmutableArray<Problem>.Builder problems)
    {
        foreach (var (index, name) in names.Index())
        {
            Require(!string.IsNullOrEmpty(name) && names.IndexOf(name) == index, $"{field}[{index}]", name, "the name of a policy, each once", problems);
        }
    }

    private static bool IsInterfaceName(string name) => Encoding.UTF8.GetByteCount(name) is > 0 and <= LongestInterfaceName
        && name is not ("." or "..") && !name.Any(static c => c is '/' or ':' || char.IsWhiteSpace(c) || char.IsControl(c));
}
