namespace Loxi.Core.Services;

/// <summary>Names of VIP groups: addresses that move between nodes together. loxilb calls a group an instance.</summary>
public static class VipGroups
{
    /// <summary>The group of services and pools that name none.</summary>
    public const string Default = "llb-inst0";

    /// <summary>Another name of <see cref="Default"/>, which older configurations have.</summary>
    public const string DefaultAlias = "default";

    /// <summary>The group that a name stands for: none and <see cref="DefaultAlias"/> are <see cref="Default"/>.</summary>
    /// <param name="name">The name; may be null or empty.</param>
    /// <returns>The name of the group.</returns>
    public static string Resolve(string? name) => string.IsNullOrEmpty(name) || name == DefaultAlias ? Default : name;

    /// <summary>The group that the name of a service says, as loxilb reads it: what follows the last colon, e.g. <c>inst1</c> of <c>web:inst1</c>.</summary>
    /// <param name="serviceName">The name of the service; may be null.</param>
    /// <returns>The name of the group; <see cref="Default"/> where no colon is, or no name of a group follows it.</returns>
    public static string OfService(string? serviceName)
    {
        var colon = serviceName?.LastIndexOf(':') ?? -1;
        var suffix = colon < 0 ? "" : serviceName![(colon + 1)..];
        return NameRules.IsValid(suffix) ? Resolve(suffix) : Default;
    }
}
