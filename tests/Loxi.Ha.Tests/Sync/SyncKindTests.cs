using System.Buffers.Binary;
using FluentAssertions;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Wire;
using Loxi.Sim.Sync;
using Xunit;

namespace Loxi.Ha.Tests.Sync;

/// <summary>Kinds of entries that not every build knows, and the notices by which nodes say what they know.</summary>
public sealed class SyncKindTests
{
    private const ulong Second = KeySchema.Second;

    [Fact]
    public void WhoKnowsAKind_HasItsEntries_FromBeforeAndLater()
    {
        var pair = new SyncPair(kinds: static _ => 3);
        pair.A.Create(1, 10, pair.Now);
        pair.A.Create(Second, 20, pair.Now);
        pair.Connected();
        pair.A.Create(Second + 1, 30, pair.Now);
        pair.Exchange();

        pair.B.Table.Entries.Keys.Should().BeEquivalentTo([1UL, Second, Second + 1]);
        pair.ShouldBeAlike();
        pair.Pass(3);
        pair.Status(pair.A, pair.B).Counters.Should().BeEquivalentTo(new { BucketsUnequal = 0, RecordsResent = 0 });
    }

    [Fact]
    public void WhoDoesNotKnowAKind_HearsNothingOfIt_AndSumsAreEqual()
    {
        var pair = new SyncPair(kinds: static i => i == 0 ? 3u : 1);
        pair.A.Create(1, 10, pair.Now);
        pair.A.Create(Second, 20, pair.Now);
        pair.Connected();
        pair.A.Create(Second + 1, 30, pair.Now);
        pair.A.Create(2, 40, pair.Now);
        pair.Pass(5);

        pair.B.Table.Entries.Keys.Should().BeEquivalentTo([1UL, 2UL]);
        pair.A.Table.Entries.Should().HaveCount(4, "it keeps what the other does not know");
        pair.Status(pair.B, pair.A).Counters.Should().BeEquivalentTo(new { BucketsUnequal = 0, RecordsImpossible = 0, FramesRefused = 0 });
        pair.Status(pair.A, pair.B).Counters.RecordsResent.Should().Be(0);
        pair.Status(pair.A, pair.B).Should().BeEquivalentTo(new { Missing = 0, IsJoining = false });
    }

    [Fact]
    public void WhatWasLostOfAKind_IsFoundBySums()
    {
        var pair = new SyncPair(kinds: static _ => 3).Connected();
        pair.A.Create(Second, 20, pair.Now);
        pair.Exchange();
        pair.B.Engine!.Delete(Second, new(ulong.MaxValue >> 1), pair.B.Clock(pair.Now));
        pair.B.Engine.TryGet(Second, out _, out _).Should().BeFalse();
        pair.A.Create(Second + 1, 21, pair.Now);

        pair.Pass(3);

        pair.ShouldBeAlike();
    }

    [Fact]
    public void ANotice_ComesBeforeAnyRequest_AsSumsOfTheReceiversOwn()
    {
        var pair = new SyncPair(kinds: static _ => 3);
        pair.Connect(pair.A, pair.B);
        pair.Send(pair.B, pair.A, SyncChannel.Live);
        pair.Deliver(pair.B, pair.A, SyncChannel.Live);

        var frames = pair.Send(pair.A, pair.B, SyncChannel.Live).ToArray();

        frames.Select(static f => (SyncFrameKind)f[SyncFrameLayout.KindAt]).Should().Equal(SyncFrameKind.Open, SyncFrameKind.Digest, SyncFrameKind.Want);
        Convert.ToHexStringLower(frames[1].AsSpan(SyncFrameLayout.HeaderLength)).Should().Be("01" + "00" + "0000" + "0000000000000300");
    }

    [Fact]
    public void WhatATableLacks_IsInNoHeader_ThatEarlierBuildsRefuse()
    {
        var pair = new SyncPair().Connected();
        pair.B.Table.LacksServices = true;
        pair.A.Create(1, 10, pair.Now);
        pair.A.Create(2, 21, pair.Now);
        pair.Send(pair.A, pair.B, SyncChannel.Live);
        pair.Deliver(pair.A, pair.B, SyncChannel.Live);

        var frames = pair.Send(pair.B, pair.A, SyncChannel.Live).ToArray();

        frames.Should().NotBeEmpty().And.OnlyContain(static f => (f[SyncFrameLayout.FlagsAt] & ~SyncFrameLayout.ServesFlag) == 0);
        pair.Deliver(pair.B, pair.A, SyncChannel.Live);
        pair.Status(pair.A, pair.B).Lacks.Should().BeTrue();
    }

    [Fact]
    public void AnEarlierBuildsFlag_IsRead_AndMeansNothing()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        var frame = pair.Send(pair.A, pair.B, SyncChannel.Live).Dequeue();
        frame[SyncFrameLayout.FlagsAt] |= SyncFrameLayout.FormerLacksFlag;

        pair.B.Receive(pair.A.Id, SyncChannel.Live, frame, pair.Now).Should().Be(SyncFrameProblem.None);

        pair.Status(pair.B, pair.A).Lacks.Should().BeFalse();
    }

    /// <summary>What is told by the live stream is newer than what was written to the other one before and comes after.</summary>
    [Fact]
    public void WhetherAPeerServes_IsHeardByTheLiveStreamAlone()
    {
        var pair = new SyncPair();
        pair.A.Create(1, 10, pair.Now);
        pair.Connect(pair.A, pair.B);
        pair.Send(pair.B, pair.A, SyncChannel.Live);
        pair.Deliver(pair.B, pair.A, SyncChannel.Live);
        pair.Send(pair.A, pair.B, SyncChannel.Live);
        pair.Deliver(pair.A, pair.B, SyncChannel.Live);
        pair.Send(pair.B, pair.A, SyncChannel.Live);
        pair.Deliver(pair.B, pair.A, SyncChannel.Live);
        pair.Send(pair.B, pair.A, SyncChannel.Bulk);
        pair.Deliver(pair.B, pair.A, SyncChannel.Bulk);
        pair.Send(pair.A, pair.B, SyncChannel.Bulk).Should().NotBeEmpty();
        pair.A.Engine!.SetServing(false);
        pair.Send(pair.A, pair.B, SyncChannel.Live);
        pair.Deliver(pair.A, pair.B, SyncChannel.Live);

        pair.Deliver(pair.A, pair.B, SyncChannel.Bulk);

        pair.B.Engine!.SetServing(true);
        pair.B.Engine.Expire(1, new(pair.B.Table.Entries[1].Version), pair.B.Clock(pair.Now));
        pair.B.Engine.TryGet(1, out _, out _).Should().BeFalse("who does not serve keeps nothing from expiring");
    }

    [Fact]
    public void BitsOfALaterBuild_AreNotRefused()
    {
        var pair = new SyncPair(kinds: static _ => 3);
        pair.A.Create(Second, 10, pair.Now);
        pair.Connect(pair.A, pair.B);
        pair.Send(pair.A, pair.B, SyncChannel.Live);
        pair.Deliver(pair.A, pair.B, SyncChannel.Live);
        var frames = pair.Send(pair.B, pair.A, SyncChannel.Live);
        BinaryPrimitives.WriteUInt64BigEndian(frames.ElementAt(1).AsSpan(SyncFrameLayout.DigestHeadLength), 0xffff_ffff_ffff_fffe);
        pair.Deliver(pair.B, pair.A, SyncChannel.Live);
        pair.Exchange();

        pair.ShouldBeAlike();
        pair.B.Table.Entries.Should().HaveCount(1);
    }
}
