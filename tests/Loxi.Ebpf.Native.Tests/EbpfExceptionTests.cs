using FluentAssertions;
using Xunit;

namespace Loxi.Ebpf.Native.Tests;

public sealed class EbpfExceptionTests
{
    [Fact]
    public void OperationAndErrno_AreInTheMessage()
    {
        EbpfException error = new("create map 'flows'", 22);
        error.Message.Should().Be("Could not create map 'flows': Invalid argument (errno 22)");
        (error.Operation, error.Errno, error.VerifierLog).Should().Be(("create map 'flows'", 22, null));
    }

    [Fact]
    public void PermissionDenied_NamesTheCapabilities()
        => new EbpfException("load BPF object 'x'", 1).Message.Should().Contain("CAP_BPF").And.Contain("CAP_NET_ADMIN");

    [Theory]
    [InlineData(524, "ENOTSUPP")]
    [InlineData(4001, "BPF object format invalid")]
    [InlineData(4099, "libbpf error 4099")]
    public void ErrorsThatLibcDoesNotKnow_HaveText(int errno, string text)
        => new EbpfException("try", errno).Message.Should().Contain(text);

    [Fact]
    public void VerifierLog_MessageEndsWithItsLastLinesAndThePropertyHasAll()
    {
        string log = string.Join('\n', Enumerable.Range(1, 100).Select(i => $"line {i}"));
        EbpfException error = new("load", 13, log);
        error.VerifierLog.Should().Be(log);
        error.Message.Should().Contain("last 20 of 100 lines").And.Contain("line 81\n").And.EndWith("line 100").And.NotContain("line 80\n");
    }

    [Fact]
    public void NoErrno_DetailFollowsTheOperation()
        => new EbpfException("load libbpf", 0, detail: "it is missing").Message.Should().Be("Could not load libbpf: it is missing");
}
