namespace Loxi.Ebpf.Native.Features;

/// <summary>The running kernel lacks a feature.</summary>
public sealed class UnsupportedKernelFeatureException : EbpfException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="feature">Feature that is missing.</param>
    public UnsupportedKernelFeatureException(KernelFeature feature)
        : base(
            $"use {KernelFeatures.Describe(feature)}",
            0,
            detail: $"it needs Linux {KernelFeatures.MinimumKernel(feature)} or later, this is Linux {Environment.OSVersion.Version}")
    {
        Feature = feature;
        MinimumKernel = KernelFeatures.MinimumKernel(feature);
    }

    /// <summary>Feature that is missing.</summary>
    public KernelFeature Feature { get; }

    /// <summary>First kernel that has it.</summary>
    public Version MinimumKernel { get; }
}
