namespace Loxi.Core.Services;

/// <summary>Names of VIP groups: addresses that move between nodes together. loxilb calls a group an instance.</summary>
public static class VipGroups
{
    /// <summary>The group of services and pools that name none.</summary>
    public const string Default = "llb-inst0";
}
