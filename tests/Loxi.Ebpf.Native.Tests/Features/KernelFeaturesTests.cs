using FluentAssertions;
using Loxi.Ebpf.Native.Features;
using Xunit;

namespace Loxi.Ebpf.Native.Tests.Features;

public sealed class KernelFeaturesTests
{
    [Fact]
    public void EveryFeature_HasANameAndAMinimum()
    {
        foreach (KernelFeature feature in Enum.GetValues<KernelFeature>())
        {
            KernelFeatures.Describe(feature).Should().NotBeNullOrEmpty();
            KernelFeatures.MinimumKernel(feature).Should().BeGreaterThanOrEqualTo(new Version(4, 12));
        }
    }

    [Fact]
    public void Unsupported_MessageNamesFeatureAndMinimum()
    {
        UnsupportedKernelFeatureException error = new(KernelFeature.TcxLink);
        error.Message.Should().Contain("TCX links").And.Contain("Linux 6.6 or later").And.Contain(Environment.OSVersion.Version.ToString());
        (error.Feature, error.MinimumKernel).Should().Be((KernelFeature.TcxLink, new Version(6, 6)));
    }

    [Fact]
    public void UnknownFeature_IsACallerBug()
    {
        Action ask = () => KernelFeatures.MinimumKernel((KernelFeature)999);
        ask.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Instructions_AreEncodedAsTheKernelReadsThem()
    {
        // clang -target bpf: r1 = 5 is b7 01 00 00 05 00 00 00; call 160 is 85 00 00 00 a0 00 00 00; exit is 95.
        Instructions.Call(160, 5).Should().Equal(0x00000005_0000_01b7UL, 0x000000a0_0000_0085UL, 0x95UL);
    }
}
