using FluentAssertions;
using Loxi.Ebpf.Native.Maps;
using Xunit;

namespace Loxi.Ebpf.Native.Tests.Maps;

public sealed class MapShapeTests
{
    private static readonly MapShape Shape = new(BpfMapType.Hash, 4, 8, 100, BpfMapFlags.None);

    [Fact]
    public void Equal_NoDifferences()
    {
        Shape.Differences(Shape).Should().BeEmpty();
        Shape.Invoking(s => s.RequireEqual(Shape, "map 'x'")).Should().NotThrow();
    }

    [Fact]
    public void EverythingDiffers_EachIsNamed()
    {
        MapShape other = new(BpfMapType.LruHash, 5, 9, 101, BpfMapFlags.NoPreallocation);
        Shape.Differences(other).Should().Equal(
            "type: expected Hash, found LruHash",
            "key size: expected 4, found 5",
            "value size: expected 8, found 9",
            "max entries: expected 100, found 101",
            "flags: expected None, found NoPreallocation");
    }

    [Fact]
    public void RequireEqual_ThrowsWithBothShapes()
    {
        MapShape other = Shape with { ValueSize = 16 };
        MapShapeMismatchException error = Shape.Invoking(s => s.RequireEqual(other, "map 'x'")).Should().Throw<MapShapeMismatchException>().Which;
        error.Message.Should().Be("Could not use map 'x': its shape differs: value size: expected 8, found 16");
        (error.Expected, error.Actual).Should().Be((Shape, other));
    }

    [Fact]
    public void DeviceMap_FlagThatTheKernelAddsIsNoDifference()
    {
        MapShape declared = new(BpfMapType.DeviceMapHash, 4, 8, 100, BpfMapFlags.None);
        MapShape found = declared with { Flags = BpfMapFlags.ReadOnlyProgram };
        declared.Invoking(s => s.RequireEqual(found, "devices")).Should().NotThrow();
        Shape.Invoking(s => s.RequireEqual(Shape with { Flags = BpfMapFlags.ReadOnlyProgram }, "hash")).Should().Throw<MapShapeMismatchException>();
    }
}
