using System.Runtime.InteropServices;
using FluentAssertions;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Objects;
using Xunit;

namespace Loxi.Ebpf.Native.RootTests;

public sealed class RingBufferReaderTests
{
    // The bound of the loop in ring.bpf.c.
    private const uint ProducerLimit = 1000;

    [Fact]
    public void RecordsProduced_AreReadInOrder()
    {
        using BpfObject ring = TestObjects.Load("ring");
        using RingBufferReader reader = new(ring.Maps["events"]);
        reader.Wait(TimeSpan.Zero).Should().BeFalse();
        Produce(ring, count: 3, first: 10);
        reader.PendingBytes.Should().Be(3 * 24, "a record is an 8-byte header and 12 bytes, rounded up to 8");
        reader.Wait(TimeSpan.FromSeconds(5)).Should().BeTrue();
        List<uint> numbers = [];
        reader.Consume(record =>
        {
            record.Length.Should().Be(12);
            Event e = MemoryMarshal.Read<Event>(record);
            e.Twice.Should().Be(2 * e.Number);
            record[10].Should().Be(0x7f);
            numbers.Add(e.Number);
        }).Should().Be(3);
        numbers.Should().Equal(10, 11, 12);
        reader.PendingBytes.Should().Be(0);
    }

    [Fact]
    public void RecordsDiscarded_AreSkipped()
    {
        using BpfObject ring = TestObjects.Load("ring");
        using RingBufferReader reader = new(ring.Maps["events"]);
        Produce(ring, count: 10, first: 0, discardOdd: true);
        List<uint> numbers = [];
        reader.Consume(record => numbers.Add(MemoryMarshal.Read<uint>(record)), maximum: 2).Should().Be(2);
        reader.Consume(record => numbers.Add(MemoryMarshal.Read<uint>(record))).Should().Be(3);
        numbers.Should().Equal(0, 2, 4, 6, 8);
    }

    [Fact]
    public void RingWrapsManyTimes_NoRecordIsLostOrTorn()
    {
        using BpfObject ring = TestObjects.Load("ring");
        using RingBufferReader reader = new(ring.Maps["events"]);
        uint expected = 0;
        for (uint round = 0; round < 200; round++)
        {
            Produce(ring, count: 1000, first: round * 1000);
            reader.Consume(record =>
            {
                Event e = MemoryMarshal.Read<Event>(record);
                if (e.Number != expected++ || e.Twice != 2 * e.Number)
                {
                    throw new InvalidOperationException($"record {e.Number}, twice {e.Twice}, after {expected - 1} records");
                }
            }).Should().Be(1000);
        }
    }

    [Fact]
    public void RingFull_ProducerLosesAndReaderGoesOn()
    {
        using BpfObject ring = TestObjects.Load("ring");
        using RingBufferReader reader = new(ring.Maps["events"]);
        Produce(ring, count: 5000, first: 0).Should().BeInRange(5000 - (65536 / 24), 5000 - (65536 / 24) + 2);
        reader.Consume(static _ => { }).Should().BeInRange((65536 / 24) - 2, 65536 / 24);
        Produce(ring, count: 5, first: 0).Should().Be(0);
        reader.Consume(static _ => { }).Should().Be(5);
    }

    [Fact]
    public void SteadyState_AllocatesNothingPerRecord()
    {
        using BpfObject ring = TestObjects.Load("ring");
        using RingBufferReader reader = new(ring.Maps["events"]);
        uint[] sum = new uint[1];
        long least = long.MaxValue;
        int handled = 0;
        // The least of several rounds, as in Allocations.Of, but without what producing allocates.
        for (int round = 0; round < 5; round++)
        {
            Produce(ring, count: 2000, first: 0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            reader.Wait(TimeSpan.FromSeconds(5));
            handled = reader.Consume(sum, static (record, state) => state[0] += MemoryMarshal.Read<uint>(record));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        handled.Should().Be(2000);
        least.Should().Be(0);
        sum[0].Should().Be(5u * (1999 * 2000 / 2));
    }

    [Fact]
    public void Run_WakesForRecordsAndEndsWhenCancelled()
    {
        using BpfObject ring = TestObjects.Load("ring");
        using RingBufferReader reader = new(ring.Maps["events"]);
        using CancellationTokenSource stop = new();
        using SemaphoreSlim seen = new(0);
        Thread thread = new(() => reader.Run(_ => seen.Release(), stop.Token));
        thread.Start();
        for (int i = 0; i < 50; i++)
        {
            Produce(ring, count: 1, first: 0);
            seen.Wait(TimeSpan.FromSeconds(10)).Should().BeTrue("the reader must wake for record {0}", i);
        }

        stop.Cancel();
        thread.Join(TimeSpan.FromSeconds(10)).Should().BeTrue("cancellation must end the wait");
    }

    [Fact]
    public void HandlerThrows_ItsRecordIsConsumed()
    {
        using BpfObject ring = TestObjects.Load("ring");
        using RingBufferReader reader = new(ring.Maps["events"]);
        Produce(ring, count: 2, first: 0);
        reader.Invoking(r => r.Consume(static _ => throw new FormatException())).Should().Throw<FormatException>();
        reader.Consume(static _ => { }).Should().Be(1);
    }

    [Fact]
    public void Disposed_ReleasesDescriptorsAndRefuses()
    {
        using BpfObject ring = TestObjects.Load("ring");
        int before = Sandbox.OpenDescriptors();
        RingBufferReader reader = new(ring.Maps["events"]);
        Sandbox.OpenDescriptors().Should().Be(before + 2);
        reader.Dispose();
        Sandbox.OpenDescriptors().Should().Be(before);
        reader.Invoking(r => r.Consume(static _ => { })).Should().Throw<ObjectDisposedException>();
        Action wrong = () =>
        {
            using BpfMap map = BpfMap.Create(BpfMapType.Hash, 4, 4, 1, name: "hash");
            _ = new RingBufferReader(map);
        };
        wrong.Should().Throw<ArgumentException>().WithMessage("Map 'hash' is a Hash, expected RingBuffer*");
    }

    private static uint Produce(BpfObject ring, uint count, uint first, bool discardOdd = false)
    {
        uint lost = 0;
        for (uint done = 0; done < count; done += ProducerLimit)
        {
            Request request = new() { Count = Math.Min(ProducerLimit, count - done), First = first + done, DiscardOdd = discardOdd ? 1u : 0 };
            ring.Programs["produce"].RunSyscall(ref request);
            lost += request.Lost;
        }

        return lost;
    }

    private struct Request
    {
        public uint Count;
        public uint First;
        public uint DiscardOdd;
        public uint Lost;
    }

    private struct Event
    {
        public uint Number;
        public uint Twice;
        public uint Tail;
    }
}
