namespace Loxi.Core.Services;

/// <summary>The names of probe types on the wire.</summary>
public static class ProbeTypeNames
{
    /// <summary>The name of a type; empty for <see cref="ProbeType.Default"/>.</summary>
    /// <param name="type">The type.</param>
    /// <returns>The name.</returns>
    public static string NameOf(ProbeType type) => type switch
    {
        ProbeType.Default => "",
        ProbeType.None => "none",
        ProbeType.Tcp => "tcp",
        ProbeType.Udp => "udp",
        ProbeType.Sctp => "sctp",
        ProbeType.Http => "http",
        ProbeType.Https => "https",
        ProbeType.Ping => "ping",
        _ => ((byte)type).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>Finds the type of a name. The case must match.</summary>
    /// <param name="name">The name; null or empty is <see cref="ProbeType.Default"/>.</param>
    /// <param name="type">The type.</param>
    /// <returns>True when the name is known.</returns>
    public static bool TryParse(string? name, out ProbeType type)
    {
        ProbeType? found = name switch
        {
            null or "" => ProbeType.Default,
            "none" => ProbeType.None,
            "tcp" => ProbeType.Tcp,
            "udp" => ProbeType.Udp,
            "sctp" => ProbeType.Sctp,
            "http" => ProbeType.Http,
            "https" => ProbeType.Https,
            "ping" => ProbeType.Ping,
            _ => null,
        };
        type = found ?? ProbeType.Default;
        return found is not null;
    }
}
