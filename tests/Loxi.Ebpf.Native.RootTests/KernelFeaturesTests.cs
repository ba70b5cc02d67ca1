using FluentAssertions;
using Loxi.Ebpf.Native.Features;
using Xunit;

namespace Loxi.Ebpf.Native.RootTests;

public sealed class KernelFeaturesTests
{
    [Fact]
    public void KernelAtOrAboveTheMinimum_ProbeFindsTheFeature()
    {
        Version running = Environment.OSVersion.Version;
        IReadOnlyList<KernelFeatureStatus> probed = KernelFeatures.Probe();
        probed.Should().HaveCount(Enum.GetValues<KernelFeature>().Length);
        foreach (KernelFeatureStatus status in probed.Where(s => running >= s.MinimumKernel))
        {
            status.IsSupported.Should().BeTrue("{0} is in Linux {1} and this is {2}", status.Description, status.MinimumKernel, running);
        }
    }

    [Fact]
    public void Probes_LeaveNoDescriptorBehind()
    {
        KernelFeatures.Probe();
        int before = Sandbox.OpenDescriptors();
        foreach (KernelFeature feature in Enum.GetValues<KernelFeature>())
        {
            FeatureProbes.Try(feature);
        }

        Sandbox.OpenDescriptors().Should().Be(before);
    }

    [Fact]
    public void HelperThatNoKernelHas_IsNotFound()
    {
        // The probes say yes above; this shows that the same attempt can say no.
        FeatureProbes.Loads(Instructions.Call(100_000)).Should().BeFalse();
        FeatureProbes.Loads(Instructions.Call(160)).Should().BeTrue();
    }
}
