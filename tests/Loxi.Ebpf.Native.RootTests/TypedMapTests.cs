using FluentAssertions;
using Loxi.Ebpf.Native.Maps;
using Xunit;

namespace Loxi.Ebpf.Native.RootTests;

public sealed class TypedMapTests
{
    [Fact]
    public void Hash_LookupUpdateDelete()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, 4, 8, 2, name: "hash");
        TypedMap<uint, ulong> typed = new(map);
        typed.TryLookup(1, out _).Should().BeFalse();
        typed.TryDelete(1).Should().BeFalse();
        typed.TryUpdate(1, 10, MapUpdateMode.Exist).Should().Be(MapUpdateResult.NotFound);
        typed.TryUpdate(1, 10, MapUpdateMode.NoExist).Should().Be(MapUpdateResult.Done);
        typed.TryUpdate(1, 11, MapUpdateMode.NoExist).Should().Be(MapUpdateResult.AlreadyExists);
        typed.TryUpdate(1, 12, MapUpdateMode.Exist).Should().Be(MapUpdateResult.Done);
        typed.Update(2, 20);
        typed.TryUpdate(3, 30).Should().Be(MapUpdateResult.Full);
        typed.Invoking(t => t.Update(3, 30)).Should().Throw<EbpfException>().WithMessage("*map 'hash' (Hash, 2 entries)*").Which.Errno.Should().Be(7);
        typed.TryLookup(1, out ulong value).Should().BeTrue();
        value.Should().Be(12);
        typed.TryTake(1, out value).Should().BeTrue();
        value.Should().Be(12);
        typed.TryTake(1, out _).Should().BeFalse();
        typed.ToArray().Single().Should().Be(new KeyValuePair<uint, ulong>(2, 20));
    }

    [Fact]
    public void SizesDiffer_ErrorNamesBoth()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, 4, 8, 2, name: "hash");
        Action key = () => _ = new TypedMap<ulong, ulong>(map);
        key.Should().Throw<ArgumentException>().WithMessage("*'hash' has keys of 4 bytes, UInt64 has 8*");
        Action value = () => _ = new TypedMap<uint, uint>(map);
        value.Should().Throw<ArgumentException>().WithMessage("*'hash' has values of 8 bytes, UInt32 has 4*");
    }

    [Fact]
    public void Batches_WriteReadAndDeleteEverything()
    {
        const int count = 10_000;
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, 4, 8, count, name: "hash");
        TypedMap<uint, ulong> typed = new(map);
        uint[] keys = [.. Enumerable.Range(0, count).Select(i => (uint)i)];
        ulong[] values = [.. keys.Select(k => (ulong)k * 3)];
        typed.UpdateBatch(keys, values, out MapUpdateResult failure).Should().Be(count);
        failure.Should().Be(MapUpdateResult.Done);

        Dictionary<uint, ulong> read = [];
        MapCursor cursor = default;
        uint[] someKeys = new uint[512];
        ulong[] someValues = new ulong[512];
        MapBatchStatus status;
        do
        {
            status = typed.LookupBatch(ref cursor, someKeys, someValues, out int got);
            status.Should().NotBe(MapBatchStatus.SpansTooSmall);
            for (int i = 0; i < got; i++)
            {
                read.Add(someKeys[i], someValues[i]);
            }
        }
        while (status == MapBatchStatus.More);
        read.Should().HaveCount(count).And.OnlyContain(e => e.Value == (ulong)e.Key * 3);

        typed.DeleteBatch([5, 999_999, 6, 888_888]).Should().Be(2, "absent keys are skipped");
        typed.TryLookup(6, out _).Should().BeFalse();
        int taken = 0;
        cursor = default;
        do
        {
            status = typed.TakeBatch(ref cursor, someKeys, someValues, out int got);
            taken += got;
        }
        while (status == MapBatchStatus.More);
        taken.Should().Be(count - 2);
        typed.ToArray().Should().BeEmpty();
    }

    [Fact]
    public void BatchUpdateFillsTheMap_SaysWhere()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, 4, 8, 2, name: "hash");
        TypedMap<uint, ulong> typed = new(map);
        typed.UpdateBatch([1, 2, 3, 4], [1, 2, 3, 4], out MapUpdateResult failure).Should().Be(2);
        failure.Should().Be(MapUpdateResult.Full);
        typed.TryLookup(2, out _).Should().BeTrue();
        typed.Invoking(t => t.UpdateBatch([1], [1, 2], out _)).Should().Throw<ArgumentException>().WithMessage("There are 1 keys and 2 values*");
    }

    [Fact]
    public void BucketLargerThanTheSpans_ScanGrows()
    {
        // A hash of 8 buckets with 8 entries soon has a bucket of two or more.
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, 4, 8, 8, name: "hash");
        TypedMap<uint, ulong> typed = new(map);
        for (uint i = 0; i < 8; i++)
        {
            typed.Update(i, i);
        }

        List<uint> keys = [];
        using MapScanner<uint, ulong> scanner = typed.Scan(batchSize: 1);
        while (scanner.MoveNext())
        {
            keys.AddRange(scanner.Keys.ToArray());
        }

        keys.Should().BeEquivalentTo(Enumerable.Range(0, 8).Select(i => (uint)i));
    }

    [Fact]
    public void MapWithoutBatchOperations_ScanWalksByKey()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.DeviceMapHash, 4, 4, 10, name: "devices");
        TypedMap<uint, int> typed = new(map);
        typed.Update(10, 1);
        typed.Update(20, 1);
        Action batch = () =>
        {
            MapCursor cursor = default;
            typed.LookupBatch(ref cursor, new uint[4], new int[4], out _);
        };
        batch.Should().Throw<EbpfException>("else this test shows nothing").WithMessage("*not supported*");
        typed.ToArray().Select(e => e.Key).Should().BeEquivalentTo([10u, 20u]);
    }

    [Fact]
    public void LpmTrie_BatchCursorCarriesAWholeKey()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.LpmTrie, 20, 4, 100, BpfMapFlags.NoPreallocation, "trie");
        TypedMap<Prefix, uint> typed = new(map);
        for (uint i = 0; i < 50; i++)
        {
            typed.Update(new Prefix { Length = 128, Low = i }, i);
        }

        List<uint> values = [];
        using MapScanner<Prefix, uint> scanner = typed.Scan(batchSize: 7);
        while (scanner.MoveNext())
        {
            values.AddRange(scanner.Values.ToArray());
        }

        values.Should().BeEquivalentTo(Enumerable.Range(0, 50).Select(i => (uint)i));
    }

    [Fact]
    public void SteadyState_DoesNotAllocate()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, 4, 8, 1000, name: "hash");
        TypedMap<uint, ulong> typed = new(map);
        uint[] keys = [.. Enumerable.Range(0, 500).Select(i => (uint)i)];
        ulong[] values = new ulong[500];

        long allocated = Allocations.Of(() =>
        {
            typed.Update(7, 8);
            typed.TryUpdate(7, 8, MapUpdateMode.NoExist);
            typed.TryLookup(7, out _);
            typed.TryDelete(7);
            typed.UpdateBatch(keys, values, out _);
            MapCursor cursor = default;
            while (typed.LookupBatch(ref cursor, keys, values, out _) == MapBatchStatus.More)
            {
            }

            typed.DeleteBatch(keys);
        });

        allocated.Should().Be(0);
    }

    [Fact]
    public void NextKey_WalksInOrderOfTheArray()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Array, 4, 8, 3, name: "array");
        TypedMap<uint, ulong> typed = new(map);
        typed.TryNextKey(null, out uint key).Should().BeTrue();
        key.Should().Be(0);
        typed.TryNextKey(1, out key).Should().BeTrue();
        key.Should().Be(2);
        typed.TryNextKey(2, out _).Should().BeFalse();
    }

    private struct Prefix
    {
        public uint Length;
        public uint High;
        public uint Middle;
        public uint Rest;
        public uint Low;
    }
}
