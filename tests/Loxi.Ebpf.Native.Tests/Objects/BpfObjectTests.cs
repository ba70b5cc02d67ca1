using FluentAssertions;
using Loxi.Ebpf.Native.Objects;
using Xunit;

namespace Loxi.Ebpf.Native.Tests.Objects;

/// <summary>Opening needs libbpf and no privileges.</summary>
public sealed class BpfObjectTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(4096)]
    public void NotAnElfFile_ErrorNamesTheObject(int length)
    {
        Action open = () => BpfObject.Open(new byte[length], "garbage");
        open.Should().Throw<EbpfException>().WithMessage($"Could not open BPF object 'garbage' ({length} bytes)*");
    }

    [Fact]
    public void ResourceAbsent_ErrorNamesItAndTheCause()
    {
        Action open = () => BpfObject.OpenEmbedded(typeof(BpfObjectTests).Assembly, "absent.bpf.o");
        open.Should().Throw<EbpfException>().WithMessage("*'absent.bpf.o'*Loxi.Ebpf.Native.Tests does not contain it*clang*");
    }

    [Fact]
    public void NameEmpty_IsACallerBug()
    {
        Action open = () => BpfObject.Open([], string.Empty);
        open.Should().Throw<ArgumentException>();
    }
}
