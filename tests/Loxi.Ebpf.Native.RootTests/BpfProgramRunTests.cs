using System.Runtime.InteropServices;
using FluentAssertions;
using Loxi.Ebpf.Native.Objects;
using Loxi.Ebpf.Native.Programs;
using Xunit;

namespace Loxi.Ebpf.Native.RootTests;

public sealed class BpfProgramRunTests
{
    private const uint XdpDrop = 1;
    private const uint XdpTx = 3;

    [Fact]
    public void TcProgram_ReturnsVerdictPacketAndContext() => Sandbox.Run(() =>
    {
        Sandbox.Execute("ip", "link set lo up");
        using BpfObject net = TestObjects.Load("net");
        byte[] packet = new byte[74];
        byte[] output = new byte[200];
        SkBuffContext context = new() { Mark = 5, Interface = 1, GsoSize = 100, GsoSegments = 2 };

        ProgramRunResult result = net.Programs["tc_mark"].Run(packet, output, ref context);

        result.ReturnValue.Should().Be(5, "the initial value of the global is 5");
        result.DataLength.Should().Be(74);
        result.ContextLength.Should().Be(Marshal.SizeOf<SkBuffContext>());
        output[0].Should().Be(0xaa);
        context.Mark.Should().Be(7 + 5 + 100);
        context.Control[0].Should().Be(1);
    });

    [Fact]
    public void TcProgramRepeated_RunsThatOften()
    {
        using BpfObject net = TestObjects.Load("net");
        ProgramRunResult result = net.Programs["tc_count"].Run(new byte[60], default, new ProgramRunOptions { Repeat = 1000 });
        result.ReturnValue.Should().Be(uint.MaxValue, "TC_ACT_UNSPEC is -1");
        BpfLinkTests.Read(new(net.Maps["counts"]), 0).Should().Be(1000);
    }

    [Fact]
    public void XdpProgram_ReturnsGrownPacketAndSeesTheInterface() => Sandbox.RunWithVeth((v0, _) =>
    {
        using BpfObject net = TestObjects.Load("net");
        byte[] packet = Enumerable.Range(0, 60).Select(i => (byte)i).ToArray();
        byte[] output = new byte[100];
        XdpContext context = XdpContext.For(packet.Length, v0);

        ProgramRunResult result = net.Programs["xdp_grow"].Run(packet, output, ref context);

        result.ReturnValue.Should().Be(XdpTx);
        result.DataLength.Should().Be(64);
        output[4..64].Should().Equal(packet);
        net.Programs["xdp_grow"].Run(packet, output).ReturnValue.Should().Be(XdpTx, "without a context the kernel takes the loopback of the namespace");
    });

    [Fact]
    public void OutputTooSmall_SaysHowMuchIsNeeded()
    {
        using BpfObject net = TestObjects.Load("net");
        Action run = () => net.Programs["tc_mark"].Run(new byte[60], new byte[30]);
        run.Should().Throw<EbpfException>().WithMessage("*output has 60 bytes, the span 30*").Which.Errno.Should().Be(28);
    }

    [Fact]
    public void ForbiddenContextField_IsRefused()
    {
        using BpfObject net = TestObjects.Load("net");
        Action run = () =>
        {
            SkBuffContext context = new() { VlanPresent = 1 };
            net.Programs["tc_mark"].Run(new byte[60], default, ref context);
        };
        run.Should().Throw<EbpfException>().Which.Errno.Should().Be(22);
    }

    [Fact]
    public void SyscallProgram_ReadsAndChangesItsContext()
    {
        using BpfObject net = TestObjects.Load("net");
        SumContext context = new() { A = 40, B = 2 };
        net.Programs["add"].RunSyscall(ref context).ReturnValue.Should().Be(3);
        context.Result.Should().Be(42);
    }

    [Fact]
    public void Run_DoesNotAllocate()
    {
        using BpfObject net = TestObjects.Load("net");
        BpfProgram program = net.Programs["tc_mark"];
        byte[] packet = new byte[60];
        byte[] output = new byte[100];
        SkBuffContext context = default;

        long allocated = Allocations.Of(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                context = default;
                program.Run(packet, output, ref context);
            }
        });

        allocated.Should().Be(0);
    }

    private struct SumContext
    {
        public uint A;
        public uint B;
        public ulong Result;
    }
}
