using FluentAssertions;
using Loxi.Ebpf.Native.Interop;
using Xunit;

namespace Loxi.Ebpf.Native.Tests.Interop;

public sealed class LibbpfLogTests
{
    private const string Captured =
        "libbpf: elf: skipping unrecognized data section\nlibbpf: prog 'p': BPF program load failed: Permission denied\n" +
        "libbpf: prog 'p': -- BEGIN PROG LOAD LOG --\n0: (b7) r0 = 0\nR1 invalid\n-- END PROG LOAD LOG --\nlibbpf: failed to load object 'x'\n";

    [Fact]
    public void VerifierPart_IsWhatIsBetweenTheMarks()
        => LibbpfLog.VerifierPart(Captured).Should().Be("0: (b7) r0 = 0\nR1 invalid");

    [Fact]
    public void LibraryPart_IsWhatComesBefore()
        => LibbpfLog.LibraryPart(Captured).Should().Be("libbpf: elf: skipping unrecognized data section\nlibbpf: prog 'p': BPF program load failed: Permission denied");

    [Fact]
    public void NoMarks_AllIsTheLibrarysAndTheVerifierSaidNothing()
    {
        LibbpfLog.VerifierPart("libbpf: Error in bpf_create_map\n").Should().BeNull();
        LibbpfLog.LibraryPart("libbpf: Error in bpf_create_map\n").Should().Be("libbpf: Error in bpf_create_map");
    }

    [Fact]
    public void EndMarkMissing_TheRestIsTheVerifiers()
        => LibbpfLog.VerifierPart("-- BEGIN PROG LOAD LOG --\ncut").Should().Be("cut");
}
