namespace Loxi.Core.Services;

/// <summary>The names of tunnel modes on the wire: <c>auto</c>, <c>ipip</c>, <c>none</c>.</summary>
public static class TunnelModeNames
{
    /// <summary>What <see cref="TryParse"/> accepts, as a phrase that follows "expected".</summary>
    public const string Expected = "one of auto, ipip, none";

    /// <summary>The lower-case name of a mode; the number for one without a name.</summary>
    /// <param name="mode">The mode.</param>
    /// <returns>The name.</returns>
    public static string NameOf(TunnelMode mode) => mode switch
    {
        TunnelMode.Auto => "auto",
        TunnelMode.Ipip => "ipip",
        TunnelMode.None => "none",
        _ => ((byte)mode).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>Finds the mode of a name. The case must match.</summary>
    /// <param name="name">The name; null or empty is <see cref="TunnelMode.Auto"/>.</param>
    /// <param name="mode">The mode.</param>
    /// <returns>True when the name is known.</returns>
    public static bool TryParse(string? name, out TunnelMode mode)
    {
        TunnelMode? found = name switch
        {
            null or "" or "auto" => TunnelMode.Auto,
            "ipip" => TunnelMode.Ipip,
            "none" => TunnelMode.None,
            _ => null,
        };
        mode = found ?? TunnelMode.Auto;
        return found is not null;
    }
}
