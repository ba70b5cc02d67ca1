namespace Loxi.Ebpf.Native.Features;

/// <summary>Outcome of a probe.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Description">Its name for people.</param>
/// <param name="MinimumKernel">First kernel that has it; distributions may have it earlier.</param>
/// <param name="IsSupported">Whether the running kernel has it, by a real attempt.</param>
public readonly record struct KernelFeatureStatus(KernelFeature Feature, string Description, Version MinimumKernel, bool IsSupported);
