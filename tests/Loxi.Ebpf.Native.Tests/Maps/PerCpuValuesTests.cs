using FluentAssertions;
using Loxi.Ebpf.Native.Maps;
using Xunit;

namespace Loxi.Ebpf.Native.Tests.Maps;

public sealed class PerCpuValuesTests
{
    [Fact]
    public void Sum_AddsAll() => PerCpuValues.Sum<ulong>([1, 2, 3]).Should().Be(6);

    [Fact]
    public void SumOfNothing_IsZero() => PerCpuValues.Sum<long>([]).Should().Be(0);
}
