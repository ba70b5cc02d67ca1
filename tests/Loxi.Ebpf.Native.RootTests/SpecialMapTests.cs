using FluentAssertions;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;
using Loxi.Ebpf.Native.Programs;
using Xunit;

namespace Loxi.Ebpf.Native.RootTests;

public sealed class SpecialMapTests
{
    [Fact]
    public void PerCpuArray_ProgramCountsAndSumAddsUp()
    {
        using BpfObject maps = TestObjects.Load("maps");
        PerCpuMap<uint, uint> map = new(maps.Maps["per_cpu"]);
        uint[] values = new uint[map.CpuCount];
        map.Update(0, [.. Enumerable.Repeat(100u, map.CpuCount)]);

        maps.Programs["touch"].Run(new byte[60], default, new ProgramRunOptions { Repeat = 10 });

        map.TryLookup(0, values).Should().BeTrue();
        PerCpuValues.Sum<uint>(values).Should().Be((100u * (uint)map.CpuCount) + 10);
        values.Should().OnlyContain(v => v >= 100);
    }

    [Fact]
    public void PerCpuArray_BatchReadsAllValuesOfAllKeys()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.PerCpuArray, 4, 4, 5, name: "per_cpu");
        PerCpuMap<uint, uint> typed = new(map);
        for (uint key = 0; key < 5; key++)
        {
            typed.Update(key, [.. Enumerable.Range(0, typed.CpuCount).Select(cpu => (key * 100) + (uint)cpu)]);
        }

        uint[] keys = new uint[3];
        uint[] values = new uint[3 * typed.CpuCount];
        Dictionary<uint, uint[]> read = [];
        MapCursor cursor = default;
        MapBatchStatus status;
        do
        {
            status = typed.LookupBatch(ref cursor, keys, values, out int count);
            for (int i = 0; i < count; i++)
            {
                read.Add(keys[i], values[(i * typed.CpuCount)..((i + 1) * typed.CpuCount)]);
            }
        }
        while (status == MapBatchStatus.More);
        read.Keys.Should().BeEquivalentTo([0u, 1u, 2u, 3u, 4u]);
        read[4].Should().Equal(Enumerable.Range(0, typed.CpuCount).Select(cpu => 400 + (uint)cpu));
    }

    [Fact]
    public void PerCpuHash_ExistsPerKey()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.PerCpuHash, 4, 4, 5, name: "per_cpu");
        PerCpuMap<uint, uint> typed = new(map);
        uint[] values = new uint[typed.CpuCount];
        typed.TryLookup(9, values).Should().BeFalse();
        typed.Update(9, values, MapUpdateMode.NoExist);
        typed.TryLookup(9, values).Should().BeTrue();
        typed.TryDelete(9).Should().BeTrue();
        typed.Invoking(t => t.TryLookup(9, [])).Should().Throw<ArgumentException>().WithMessage("*1 keys need*the span has 0");
        Action untyped = () => _ = new TypedMap<uint, uint>(map);
        untyped.Should().Throw<ArgumentException>().WithMessage("*use PerCpuMap*");
    }

    [Fact]
    public void ArrayOfMaps_ProgramReadsTheInnerMapOfTheMoment()
    {
        using BpfObject maps = TestObjects.Load("maps");
        MapOfMaps<uint> outer = new(maps.Maps["outer"]);
        outer.TryOpen(2).Should().BeNull();
        RunReadInner(maps).Should().Be(-1);

        // Capacity differs from the template's: BPF_F_INNER_MAP.
        using (BpfMap inner = BpfMap.Create(BpfMapType.Array, 4, 4, 100, BpfMapFlags.InnerMap, "inner"))
        {
            new TypedMap<uint, uint>(inner).Update(7, 77);
            outer.Set(2, inner);
        }

        RunReadInner(maps).Should().Be(77);
        using (BpfMap opened = outer.TryOpen(2)!)
        {
            opened.Name.Should().Be("inner");
            opened.MaxEntries.Should().Be(100);
        }

        outer.TryRemove(2).Should().BeTrue();
        RunReadInner(maps).Should().Be(-1);
        using BpfMap wrong = BpfMap.Create(BpfMapType.Array, 4, 8, 100, BpfMapFlags.InnerMap, "wrong");
        outer.Invoking(o => o.Set(2, wrong)).Should().Throw<EbpfException>().WithMessage("*inner map 'wrong'*").Which.Errno.Should().Be(22);
    }

    [Fact]
    public void ArrayOfMaps_ManyInnerMapsAtOnce()
    {
        using BpfMap template = BpfMap.Create(BpfMapType.Array, 4, 4, 10, BpfMapFlags.InnerMap, "template");
        using BpfMap map = BpfMap.Create(BpfMapType.ArrayOfMaps, 4, 4, 8, name: "outer", innerTemplate: template);
        MapOfMaps<uint> outer = new(map);
        using BpfMap small = BpfMap.Create(BpfMapType.Array, 4, 4, 3, BpfMapFlags.InnerMap, "small");
        using BpfMap large = BpfMap.Create(BpfMapType.Array, 4, 4, 300, BpfMapFlags.InnerMap, "large");
        using BpfMap wrong = BpfMap.Create(BpfMapType.Array, 4, 8, 3, BpfMapFlags.InnerMap, "wrong");

        outer.SetBatch([1, 5], [small, large]);
        outer.SetBatch([], []);

        using (BpfMap? one = outer.TryOpen(1), five = outer.TryOpen(5))
        {
            one!.Id.Should().Be(small.Id);
            five!.Id.Should().Be(large.Id);
        }

        outer.TryOpen(0).Should().BeNull();
        outer.Invoking(o => o.SetBatch([1], [small, large])).Should().Throw<ArgumentException>();
        outer.Invoking(o => o.SetBatch([2], [wrong])).Should().Throw<EbpfException>().WithMessage("*put 1 inner maps 'wrong'*").Which.Errno.Should().Be(22);
    }

    [Fact]
    public void HashOfMaps_CreatedFromATemplate()
    {
        using BpfMap template = BpfMap.Create(BpfMapType.Hash, 4, 4, 10, name: "template");
        using BpfMap map = BpfMap.Create(BpfMapType.HashOfMaps, 8, 4, 4, name: "outer", innerTemplate: template);
        MapOfMaps<ulong> outer = new(map);
        outer.Set(1UL << 40, template, MapUpdateMode.NoExist);
        using (BpfMap? opened = outer.TryOpen(1UL << 40))
        {
            opened!.Id.Should().Be(template.Id);
        }

        outer.TryRemove(1UL << 40).Should().BeTrue();
        outer.TryRemove(1UL << 40).Should().BeFalse();
    }

    [Fact]
    public void ProgramArray_TailCallReachesTheProgram()
    {
        using BpfObject maps = TestObjects.Load("maps");
        ProgramArray tails = new(maps.Maps["tails"]);
        BpfProgram touch = maps.Programs["touch"];
        touch.Run(new byte[60], default).ReturnValue.Should().Be(50);
        tails.Set(1, maps.Programs["tail"]);
        tails.ReadProgramId(1).Should().Be(maps.Programs["tail"].Id);
        touch.Run(new byte[60], default).ReturnValue.Should().Be(60);
        tails.TryRemove(1).Should().BeTrue();
        tails.TryRemove(1).Should().BeFalse();
        touch.Run(new byte[60], default).ReturnValue.Should().Be(50);
        tails.Invoking(t => t.Set(5, touch)).Should().Throw<EbpfException>().Which.Errno.Should().Be(7);
    }

    [Fact]
    public void DeviceMapHash_HoldsInterfacesAndPrograms() => Sandbox.RunWithVeth((v0, _) =>
    {
        using BpfMap map = BpfMap.Create(BpfMapType.DeviceMapHash, 4, 8, 4, name: "devices");
        TypedMap<uint, DeviceMapEntry> devices = new(map);
        devices.Update(1000, new DeviceMapEntry(v0));
        devices.TryLookup(1000, out DeviceMapEntry entry).Should().BeTrue();
        entry.Should().Be(new DeviceMapEntry(v0));
        devices.Invoking(d => d.Update(1, new DeviceMapEntry(12345))).Should().Throw<EbpfException>();
    });

    [Fact]
    public void MappedArray_SharesMemoryWithPrograms()
    {
        using BpfObject maps = TestObjects.Load("maps");
        using MappedArray<ulong> mapped = new(maps.Maps["mapped"]);
        mapped.Span[3] = 5;
        maps.Programs["touch"].Run(new byte[60], default);
        mapped.Span[3].Should().Be(15);
        new TypedMap<uint, ulong>(maps.Maps["mapped"]).TryLookup(3, out ulong value).Should().BeTrue();
        value.Should().Be(15);
        mapped.Span.Length.Should().Be(8);
        mapped.Dispose();
        Action use = () => _ = mapped.Span.Length;
        use.Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void ArrayNotMappable_IsACallerBug()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Array, 4, 8, 3, name: "plain");
        Action open = () => _ = new MappedArray<ulong>(map);
        open.Should().Throw<ArgumentException>().WithMessage("*'plain'*BPF_F_MMAPABLE*");
    }

    [Fact]
    public void Frozen_UserSpaceCannotWrite()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Array, 4, 8, 3, name: "frozen");
        map.Freeze();
        new TypedMap<uint, ulong>(map).Invoking(t => t.Update(0, 1)).Should().Throw<EbpfException>().WithMessage("*CAP_BPF*").Which.Errno.Should().Be(1);
    }

    [Fact]
    public void RefusedMap_ErrorNamesItsShape()
    {
        Action create = () => BpfMap.Create(BpfMapType.Array, 3, 8, 10, name: "bad");
        create.Should().Throw<EbpfException>().WithMessage("*create Array map 'bad' (key 3, value 8, 10 entries*").Which.Errno.Should().Be(22);
    }

    private static int RunReadInner(BpfObject maps)
    {
        SkBuffContext context = new() { Mark = 2 };
        return (int)maps.Programs["read_inner"].Run(new byte[60], default, ref context).ReturnValue;
    }
}
