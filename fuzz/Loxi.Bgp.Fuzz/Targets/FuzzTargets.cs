namespace Loxi.Bgp.Fuzz.Targets;

/// <summary>The targets by name.</summary>
internal static class FuzzTargets
{
    public static void Run(string target, ReadOnlySpan<byte> input)
    {
        switch (target)
        {
            case "open":
                OpenTarget.Run(input);
                break;
            case "capabilities":
                CapabilitiesTarget.Run(input);
                break;
            case "update":
                UpdateTarget.Run(input);
                break;
            case "attributes":
                AttributesTarget.Run(input);
                break;
            default:
                throw new ArgumentException($"There is no target {target}.", nameof(target));
        }
    }
}
