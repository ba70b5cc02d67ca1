using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FluentAssertions;
using Loxi.Ebpf.Native.Interop;
using Loxi.Ebpf.Native.Programs;
using Xunit;

namespace Loxi.Ebpf.Native.Tests.Interop;

/// <summary>Sizes and offsets as sizeof and offsetof give them for linux/bpf.h and the libbpf 1.1 headers on 64-bit hosts.</summary>
public sealed class LayoutTests
{
    [Theory]
    [InlineData(typeof(SkBuffContext), 192)]
    [InlineData(typeof(XdpContext), 24)]
    [InlineData(typeof(TestRunOptions), 80)]
    [InlineData(typeof(MapCreateOptions), 48)]
    [InlineData(typeof(MapBatchOptions), 24)]
    [InlineData(typeof(ProgLoadOptions), 104)]
    [InlineData(typeof(TcHook), 24)]
    [InlineData(typeof(TcOptions), 32)]
    [InlineData(typeof(XdpQueryOptions), 32)]
    [InlineData(typeof(LinkCreateAttribute), 32)]
    [InlineData(typeof(ProgQueryAttribute), 64)]
    public void Structure_HasTheSizeOfItsCCounterpart(Type type, int size) => RuntimeHelpers.SizeOf(type.TypeHandle).Should().Be(size);

    [Theory]
    [InlineData(typeof(SkBuffContext), nameof(SkBuffContext.Mark), 8)]
    [InlineData(typeof(SkBuffContext), nameof(SkBuffContext.Interface), 40)]
    [InlineData(typeof(SkBuffContext), nameof(SkBuffContext.Control), 48)]
    [InlineData(typeof(SkBuffContext), nameof(SkBuffContext.DataMeta), 140)]
    [InlineData(typeof(SkBuffContext), nameof(SkBuffContext.Timestamp), 152)]
    [InlineData(typeof(SkBuffContext), nameof(SkBuffContext.GsoSegments), 164)]
    [InlineData(typeof(SkBuffContext), nameof(SkBuffContext.GsoSize), 176)]
    [InlineData(typeof(SkBuffContext), nameof(SkBuffContext.HardwareTimestamp), 184)]
    [InlineData(typeof(ProgInfo), nameof(ProgInfo.LoadTime), 40)]
    [InlineData(typeof(ProgInfo), nameof(ProgInfo.Name), 64)]
    [InlineData(typeof(ProgInfo), nameof(ProgInfo.VerifiedInstructions), 216)]
    [InlineData(typeof(ProgQueryAttribute), nameof(ProgQueryAttribute.LinkIds), 40)]
    [InlineData(typeof(LinkInfoNative), nameof(LinkInfoNative.Interface), 16)]
    [InlineData(typeof(LinkInfoNative), nameof(LinkInfoNative.AttachType), 20)]
    public void Field_IsWhereItsCCounterpartIs(Type type, string field, int offset) => ((int)Marshal.OffsetOf(type, field)).Should().Be(offset);
}
