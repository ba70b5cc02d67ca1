using CsCheck;
using FluentAssertions;
using Loxi.Nat.Fragments;
using Loxi.Nat.Tests.Refusals;
using Xunit;

namespace Loxi.Nat.Tests.Fragments;

public sealed class FragmentHolderTests
{
    private readonly FragmentHolder _holder = new(1);
    private readonly byte[] _buffer = new byte[65597];

    [Fact]
    public void HeldFragments_TakenInOrderOfArrivalAndForgotten()
    {
        var frames = new[] { Later(1, 2960, 1480), Later(1, 1480, 1480), Later(1, 4440, 100, more: false) };
        foreach (var frame in frames)
        {
            _holder.TryAdd(frame, TimeSpan.Zero).Should().Be(FragmentHold.Held);
        }

        _holder.TryAdd(Later(2, 1480, 1480), TimeSpan.Zero).Should().Be(FragmentHold.Held);

        TakeAll(Key(1)).Should().BeEquivalentTo(frames, options => options.WithStrictOrdering());
        TakeAll(Key(1)).Should().BeEmpty();
        _holder.DatagramCount.Should().Be(1);
        _holder.Counters.Taken.Should().Be(3);
    }

    [Fact]
    public void JumboFrame_SurvivesBlocks()
    {
        var frame = Later(1, 8000, 8000);
        new Random(1).NextBytes(frame.AsSpan(34));

        _holder.TryAdd([.. frame, 1, 2, 3], TimeSpan.Zero).Should().Be(FragmentHold.Held);

        TakeAll(Key(1)).Should().ContainSingle().Which.Should().Equal(frame);
    }

    [Fact]
    public void TwoSecondsOld_ExpiredAndCounted()
    {
        _holder.TryAdd(Later(1, 1480, 1480), TimeSpan.FromSeconds(10));
        _holder.TryAdd(Later(1, 2960, 1480), TimeSpan.FromSeconds(11.9));
        _holder.TryAdd(Later(2, 1480, 1480), TimeSpan.FromSeconds(11.9));

        _holder.Expire(TimeSpan.FromSeconds(11.99)).Should().Be(0);
        _holder.Expire(TimeSpan.FromSeconds(12)).Should().Be(2);

        TakeAll(Key(1)).Should().BeEmpty();
        TakeAll(Key(2)).Should().ContainSingle();
        _holder.Counters.Should().Match<FragmentCounters>(counters => counters.Expired == 2 && counters.ExpiredDatagrams == 1);
    }

    [Fact]
    public void Duplicate_RefusedAndDatagramKept()
    {
        _holder.TryAdd(Later(1, 1480, 1480), TimeSpan.Zero);

        _holder.TryAdd(Later(1, 1480, 1480), TimeSpan.Zero).Should().Be(FragmentHold.Duplicate);

        TakeAll(Key(1)).Should().ContainSingle();
    }

    [Theory]
    [InlineData(1488, 1480, true)]
    [InlineData(800, 800, true)]
    [InlineData(1480, 800, true)]
    [InlineData(1480, 800, false)]
    [InlineData(800, 80, false)]
    public void Rfc5722_Overlap_WholeDatagramDropped(int offset, int length, bool more)
    {
        _holder.TryAdd(Later(1, 1480, 1480), TimeSpan.Zero);

        _holder.TryAdd(Later(1, offset, length, more), TimeSpan.Zero).Should().Be(FragmentHold.Overlap);

        _holder.TryAdd(Later(1, 8000, 800), TimeSpan.Zero).Should().Be(FragmentHold.Condemned);
        TakeAll(Key(1)).Should().BeEmpty();
        _holder.Counters.Should().Match<FragmentCounters>(counters => counters.Overlap == 2 && counters.Condemned == 1);
        _holder.Expire(FragmentHolder.HoldTime);
        _holder.DatagramCount.Should().Be(0);
        _holder.Counters.ExpiredDatagrams.Should().Be(0);
    }

    [Fact]
    public void BeyondTheEnd_WholeDatagramDropped()
    {
        _holder.TryAdd(Later(1, 1480, 100, more: false), TimeSpan.Zero);

        _holder.TryAdd(Later(1, 1584, 80), TimeSpan.Zero).Should().Be(FragmentHold.Overlap);
    }

    [Fact]
    public void SixtyFifthFragment_WholeDatagramDropped()
    {
        for (var i = 1; i <= 64; i++)
        {
            _holder.TryAdd(Later(1, 64 * i, 64), TimeSpan.Zero).Should().Be(FragmentHold.Held);
        }

        _holder.TryAdd(Later(1, 64 * 65, 64), TimeSpan.Zero).Should().Be(FragmentHold.TooManyFragments);

        TakeAll(Key(1)).Should().BeEmpty();
        _holder.Counters.TooManyFragments.Should().Be(65);
    }

    [Fact]
    public void DatagramTooMany_RefusedUntilOneGoes()
    {
        for (var i = 0; i < FragmentHolder.MaxDatagrams; i++)
        {
            _holder.TryAdd(Later((ushort)i, 1480, 64), TimeSpan.Zero).Should().Be(FragmentHold.Held);
        }

        _holder.TryAdd(Later(5000, 1480, 64), TimeSpan.Zero).Should().Be(FragmentHold.TooManyDatagrams);
        TakeAll(Key(7)).Should().ContainSingle();
        _holder.TryAdd(Later(5000, 1480, 64), TimeSpan.Zero).Should().Be(FragmentHold.Held);
    }

    [Fact]
    public void MemoryFull_RefusedUntilSomethingGoes()
    {
        var holder = new FragmentHolder(1, 128 << 10);
        for (var i = 0; i < 12; i++)
        {
            holder.TryAdd(Later((ushort)i, 16000, 9000), TimeSpan.Zero).Should().Be(FragmentHold.Held);
        }

        holder.TryAdd(Later(100, 16000, 9000), TimeSpan.Zero).Should().Be(FragmentHold.NoRoom);
        holder.Expire(TimeSpan.FromSeconds(2)).Should().Be(12);
        holder.TryAdd(Later(100, 16000, 9000), TimeSpan.FromSeconds(2)).Should().Be(FragmentHold.Held);
    }

    [Fact]
    public void FirstFragmentOrWholePacket_Invalid()
    {
        _holder.TryAdd(Frames.Ethernet(Frames.Ipv4(17, new byte[80], fragment: 0x2000)), TimeSpan.Zero).Should().Be(FragmentHold.Invalid);
        _holder.TryAdd(Frames.Ethernet(Frames.Ipv4(17, new byte[80])), TimeSpan.Zero).Should().Be(FragmentHold.Invalid);
        _holder.TryAdd([], TimeSpan.Zero).Should().Be(FragmentHold.Invalid);
        _holder.Counters.Invalid.Should().Be(3);
    }

    [Fact]
    public void Holding_AllocatesNothing()
    {
        var frame = Later(1, 1480, 1480);
        var key = Key(1);

        var allocated = Allocations.Of(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                _holder.TryAdd(frame, TimeSpan.Zero);
                _holder.TryTake(key, _buffer, out _);
            }
        });

        allocated.Should().Be(0);
        _holder.Counters.Taken.Should().BeGreaterThan(1000);
    }

    [Fact]
    public void Rfc8200_Ipv6FragmentsWithOtherNextHeaders_AreOneDatagram()
    {
        byte[] Later6(byte next, ushort offset) => Frames.Ethernet(Frames.Ipv6(44, [next, 0, (byte)(offset >> 8), (byte)(offset | 1), 1, 2, 3, 4, .. new byte[1480]]));
        var (one, other) = (Later6(17, 1480), Later6(60, 2960));
        _holder.TryAdd(one, TimeSpan.Zero).Should().Be(FragmentHold.Held);
        _holder.TryAdd(other, TimeSpan.Zero).Should().Be(FragmentHold.Held);

        FragmentInfo.Read(one, out var info);

        _holder.DatagramCount.Should().Be(1);
        TakeAll(info.Key with { Protocol = 17 }).Should().BeEmpty("the protocol is no part of an IPv6 key");
        TakeAll(info.Key).Should().HaveCount(2);
    }

    [Fact]
    public void AnySequence_NothingLostOrKeptForever() =>
        Gen.Select(Gen.Int[0, 20], Gen.Int[1, 40], Gen.Int[1, 30], Gen.Int[0, 9]).Array[0, 300].Sample(
            steps =>
            {
                var holder = new FragmentHolder(2, 128 << 10);
                var buffer = new byte[65597];
                var now = TimeSpan.Zero;
                foreach (var (id, offset, length, action) in steps)
                {
                    now += TimeSpan.FromMilliseconds(20);
                    if (action == 0)
                    {
                        while (holder.TryTake(Key((ushort)id), buffer, out _))
                        {
                        }
                    }
                    else
                    {
                        holder.TryAdd(Later((ushort)id, offset * 64, length * 64, action != 1), now);
                    }
                }

                holder.Expire(now + FragmentHolder.HoldTime);
                var fits = Enumerable.Range(0, 64).All(i => holder.TryAdd(Later((ushort)(100 + i), 1480, 1480), now) == FragmentHold.Held);
                var counters = holder.Counters;
                // Condemning counts the held fragments again under the reason.
                return fits && holder.DatagramCount == 64
                    && counters.Held - 64 <= counters.Taken + counters.Expired + counters.Overlap + counters.TooManyFragments
                    && counters.Held - 64 >= counters.Taken + counters.Expired;
            },
            iter: 300);

    private static byte[] Later(ushort id, int offset, int length, bool more = true) =>
        Frames.Ethernet(Frames.Ipv4(17, new byte[length], fragment: (ushort)((offset / 8) | (more ? 0x2000 : 0)), id: id));

    private static FragmentKey Key(ushort id)
    {
        FragmentInfo.Read(Frames.Ethernet(Frames.Ipv4(17, new byte[80], fragment: 0x2000, id: id)), out var info);
        return info.Key;
    }

    private List<byte[]> TakeAll(FragmentKey key)
    {
        var frames = new List<byte[]>();
        while (_holder.TryTake(key, _buffer, out var length))
        {
            frames.Add(_buffer[..length]);
        }

        return frames;
    }
}
