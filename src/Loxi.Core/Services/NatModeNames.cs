namespace Loxi.Core.Services;

/// <summary>The names of NAT modes: <c>default</c>, <c>onearm</c>, <c>fullnat</c>, <c>dsr</c>, <c>fullproxy</c>, <c>hostonearm</c>.</summary>
public static class NatModeNames
{
    /// <summary>The lower-case name of a mode; the number for one without a name.</summary>
    /// <param name="mode">The mode.</param>
    /// <returns>The name.</returns>
    public static string NameOf(NatMode mode) => mode switch
    {
        NatMode.Default => "default",
        NatMode.OneArm => "onearm",
        NatMode.FullNat => "fullnat",
        NatMode.Dsr => "dsr",
        NatMode.FullProxy => "fullproxy",
        NatMode.HostOneArm => "hostonearm",
        _ => ((byte)mode).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
