using Loxi.Fuzz;

namespace Loxi.Bgp.Fuzz.Targets;

/// <summary>The targets by name.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyDictionary<string, FuzzTarget> All { get; } = new Dictionary<string, FuzzTarget>
    {
        ["open"] = OpenTarget.Run,
        ["capabilities"] = CapabilitiesTarget.Run,
        ["update"] = UpdateTarget.Run,
        ["attributes"] = AttributesTarget.Run,
    };
}
