using System.Text.Json;
using Loxi.Bgp;

namespace Loxi.Node.Bgp;

/// <summary>How values are spelled on the wire.</summary>
internal static class BgpNames
{
    public const string ExpectedFamily = "ipv4 or ipv6";
    public const string ExpectedRole = "provider, route-server, route-server-client, customer, peer or none";
    public const string ExpectedBfd = "off, follow, strict or strict-local";
    public const string ExpectedTcpAo = "hmac-sha-1-96 or aes-128-cmac-96";
    public const string ExpectedDecision = "accept, reject or auto";

    /// <summary>States as gobgp spells them, which loxilb shows.</summary>
    public static string InCapitals(BgpState state) => state.ToString().ToUpperInvariant();

    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    public static string Of(BgpFamily family) => family == BgpFamily.Ipv4Unicast ? "ipv4" : "ipv6";

    public static string Of(bool? decision) => decision switch { true => "accept", false => "reject", _ => "auto" };

    public static string Of(BgpRole? role) => role is { } value ? Of(value) : "none";

    public static bool TryParseFamily(string? name, out BgpFamily family)
    {
        family = name is "ipv6" or "ipv6-unicast" ? BgpFamily.Ipv6Unicast : BgpFamily.Ipv4Unicast;
        return name is "ipv4" or "ipv6" or "ipv4-unicast" or "ipv6-unicast";
    }

    public static bool TryParseRole(string name, out BgpRole? role)
    {
        role = null;
        return name == "none" || TryParse(name, out role);
    }

    /// <summary>As RFC 5926 names them.</summary>
    public static string Of(BgpTcpAoAlgorithm algorithm) => algorithm == BgpTcpAoAlgorithm.HmacSha1 ? "hmac-sha-1-96" : "aes-128-cmac-96";

    public static bool TryParseTcpAo(string name, out BgpTcpAoAlgorithm algorithm)
    {
        algorithm = name == "aes-128-cmac-96" ? BgpTcpAoAlgorithm.AesCmac128 : BgpTcpAoAlgorithm.HmacSha1;
        return name is "hmac-sha-1-96" or "aes-128-cmac-96";
    }

    public static bool TryParseBfd(string name, out BgpBfdMode mode)
    {
        var found = TryParse<BgpBfdMode>(name, out var value);
        mode = value ?? BgpBfdMode.Off;
        return found;
    }

    public static bool TryParseDecision(string name, out bool? decision)
    {
        decision = name switch { "accept" => true, "reject" => false, _ => null };
        return name is "accept" or "reject" or "auto";
    }

    public static bool TryParse<T>(string? name, out T? value)
        where T : struct, Enum
    {
        value = null;
        foreach (var one in Enum.GetValues<T>())
        {
            if (Of(one) == name)
            {
                value = one;
                return true;
            }
        }

        return false;
    }
}
