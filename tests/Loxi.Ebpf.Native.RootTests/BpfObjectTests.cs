using FluentAssertions;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;
using Loxi.Ebpf.Native.Programs;
using Xunit;

namespace Loxi.Ebpf.Native.RootTests;

public sealed class BpfObjectTests
{
    [Fact]
    public void Loaded_ProgramsAndMapsAreDescribed()
    {
        using BpfObject maps = TestObjects.Load("maps");
        maps.Programs.Keys.Should().BeEquivalentTo("touch", "tail", "read_inner");
        BpfProgram program = maps.Programs["touch"];
        program.Type.Should().Be(BpfProgramType.SchedCls);
        program.VerifiedInstructions.Should().BeInRange(10, 1000);
        program.LoadDuration.Should().BePositive().And.BeLessThan(TimeSpan.FromSeconds(30));
        program.Tag.Should().MatchRegex("^[0-9a-f]{16}$");
        program.TranslatedBytes.Should().BePositive();

        BpfMap hash = maps.Maps["a_hash_with_a_long_name"];
        hash.Shape.Should().Be(new MapShape(BpfMapType.Hash, 4, 8, 64, BpfMapFlags.None));
        hash.Id.Should().BePositive();
        hash.ReadMemoryBytes().Should().BeGreaterThan(64 * 12);
        using BpfMap sameMap = BpfMap.OpenById(hash.Id);
        sameMap.Name.Should().Be("a_hash_with_a_l");
    }

    [Fact]
    public void CapacitySet_MapIsCreatedWithIt()
    {
        using BpfObject maps = TestObjects.Open("maps");
        maps.SetMapMaxEntries("a_hash_with_a_long_name", 1000);
        maps.Load();
        maps.Maps["a_hash_with_a_long_name"].MaxEntries.Should().Be(1000);
    }

    [Fact]
    public void VerifierRefuses_ExceptionCarriesItsLog()
    {
        using BpfObject rejected = TestObjects.Open("rejected");
        EbpfException error = rejected.Invoking(o => o.Load()).Should().Throw<EbpfException>().Which;
        error.Errno.Should().Be(13);
        error.VerifierLog.Should().Contain("invalid access to packet").And.Contain("R1=ctx");
        error.Message.Should().Contain("load BPF object 'rejected'").And.Contain("reads_past_the_packet").And.Contain("invalid access to packet");
        rejected.Programs.Should().BeEmpty();
    }

    [Fact]
    public void RefusedProgramLeftOut_RestLoads()
    {
        using BpfObject rejected = TestObjects.Open("rejected");
        rejected.SetProgramAutoload("reads_past_the_packet", false);
        rejected.Load();
        rejected.Programs.Keys.Should().Equal("harmless");
    }

    [Fact]
    public void ReadOnlyDataSet_ProgramSeesIt()
    {
        using BpfObject net = TestObjects.Open("net");
        net.SetReadOnlyData("verdict_mark", 1000u);
        net.SetReadOnlyData("wide", 30UL);
        net.SetGlobal("initial", 4UL);
        net.Load();
        SkBuffContext context = default;
        net.Programs["tc_mark"].Run(new byte[60], default, ref context).ReturnValue.Should().Be(34);
        context.Mark.Should().Be(1000);
    }

    [Fact]
    public void ReadOnlyDataOfAnotherSize_NamesBothSizes()
    {
        using BpfObject net = TestObjects.Open("net");
        net.Invoking(o => o.SetReadOnlyData("verdict_mark", 1L)).Should().Throw<ArgumentException>().WithMessage("*'verdict_mark'*4 bytes*Int64 has 8*");
        net.Invoking(o => o.SetReadOnlyData("nothing", 1)).Should().Throw<KeyNotFoundException>().WithMessage("*'nothing'*");
        net.Invoking(o => o.SetReadOnlyData("initial", 1L)).Should().Throw<KeyNotFoundException>("it is not read-only");
    }

    [Fact]
    public void MapReused_ProgramsOfBothObjectsShareIt()
    {
        using BpfObject first = TestObjects.Load("net");
        using BpfObject second = TestObjects.Open("net_second");
        second.ReuseMap("counts", first.Maps["counts"]);
        second.Load();
        second.Maps["counts"].Id.Should().Be(first.Maps["counts"].Id);
        first.Programs["tc_count"].Run(new byte[60], default);
        second.Programs["tc_count"].Run(new byte[60], default);
        BpfLinkTests.Read(new(first.Maps["counts"]), 0).Should().Be(3);
    }

    [Fact]
    public void MapOfAnotherShapeReused_NamesWhatDiffers()
    {
        using BpfMap other = BpfMap.Create(BpfMapType.Array, 4, 16, 5, name: "other");
        using BpfObject net = TestObjects.Open("net");
        net.Invoking(o => o.ReuseMap("counts", other)).Should().Throw<MapShapeMismatchException>()
            .WithMessage("*'counts'*value size: expected 8, found 16; max entries: expected 2, found 5");
    }

    [Fact]
    public void UnknownNames_AreNamedWithTheKnownOnes()
    {
        using BpfObject net = TestObjects.Open("net");
        net.Invoking(o => o.SetMapMaxEntries("nope", 1)).Should().Throw<KeyNotFoundException>().WithMessage("*'nope'*counts*");
        net.Invoking(o => o.SetProgramAutoload("nope", false)).Should().Throw<KeyNotFoundException>().WithMessage("*'nope'*tc_count*");
    }

    [Fact]
    public void ProgramTypeForced_KernelChecksItAsThat()
    {
        using BpfObject net = TestObjects.Open("net");
        net.SetProgramType("tc_count", BpfProgramType.SchedAct);
        net.Load();
        net.Programs["tc_count"].Type.Should().Be(BpfProgramType.SchedAct);
    }

    [Fact]
    public void Disposed_NoDescriptorIsLeft()
    {
        TestObjects.Load("maps").Dispose();
        int before = Sandbox.OpenDescriptors();
        for (int i = 0; i < 5; i++)
        {
            TestObjects.Load("maps").Dispose();
            TestObjects.Open("net").Dispose();
            using BpfObject rejected = TestObjects.Open("rejected");
            rejected.Invoking(o => o.Load()).Should().Throw<EbpfException>();
        }

        Sandbox.OpenDescriptors().Should().Be(before);
    }

    [Fact]
    public void LoadedTwice_IsACallerBug()
    {
        using BpfObject net = TestObjects.Load("net");
        net.Invoking(o => o.Load()).Should().Throw<InvalidOperationException>().WithMessage("*'net' was already loaded*");
        net.Invoking(o => o.SetMapMaxEntries("counts", 3)).Should().Throw<InvalidOperationException>().WithMessage("*SetMapMaxEntries*");
    }
}
