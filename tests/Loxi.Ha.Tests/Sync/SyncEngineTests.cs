using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Wire;
using Xunit;

namespace Loxi.Ha.Tests.Sync;

/// <summary>The rules of docs/ha-sync.md, each by its number.</summary>
public sealed class SyncEngineTests
{
    [Fact]
    public void S1_ConnectionMadeChangedClosed_ThePeerHasTheSame()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        pair.A.Create(2, 20, pair.Now);
        pair.Exchange();
        pair.B.Table.Entries.Should().HaveCount(2);

        pair.A.Change(1, pair.Now);
        pair.A.Remove(2, pair.Now);
        pair.Exchange();

        pair.B.Table.Entries.Should().ContainSingle().Which.Key.Should().Be(1);
        pair.ShouldBeAlike();
    }

    [Fact]
    public void S2_OlderRecord_ChangesNothing()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        pair.Exchange();
        pair.B.Change(1, pair.Now);
        var newer = pair.B.Table.Entries[1].Version;
        pair.A.Change(1, pair.Now);
        pair.Exchange();

        // B's number is the greater one: what A says of it in the same term is older.
        pair.A.Table.Entries[1].Version.Should().Be(newer);
        pair.ShouldBeAlike();
    }

    [Fact]
    public void S2_PeerThatMissedADeletion_IsToldWhenItNamesTheEntry()
    {
        // Found by the simulator (seed 2103).
        var pair = new SyncPair(3).Connected();
        pair.B.Create(1, 10, pair.Now);
        pair.Exchange();
        var last = pair.Nodes[2];
        last.Remove(1, pair.Now);
        pair.Send(last, pair.A, SyncChannel.Live);
        pair.Deliver(last, pair.A, SyncChannel.Live);
        pair.Break(last, pair.A);
        pair.Break(last, pair.B);
        last.Crash();
        pair.B.Table.Entries.Should().ContainSingle();

        pair.Pass(3);

        pair.B.Table.Entries.Should().BeEmpty();
        pair.B.Engine!.Digest().Should().Be(pair.A.Engine!.Digest());
    }

    [Fact]
    public void S3_LatestStateWins_WhatChangesOftenGoesOnce()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        for (var i = 0; i < 100; i++)
        {
            pair.A.Change(1, pair.Now);
        }

        pair.Exchange();

        pair.Status(pair.A, pair.B).Counters.RecordsSent.Should().Be(1);
        pair.ShouldBeAlike();
    }

    [Fact]
    public void S4_Ack_MeansInTheTable()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        var frame = pair.Send(pair.A, pair.B, SyncChannel.Live).Single();
        pair.B.Engine!.Receive(0, SyncChannel.Live, frame, pair.B.Clock(pair.Now)).Should().Be(SyncFrameProblem.None);

        pair.B.Write(0, SyncChannel.Live, pair.Now).Should().BeNull("the record is not in the table yet");
        pair.B.Apply(pair.Now);

        var ack = pair.B.Write(0, SyncChannel.Live, pair.Now)!;
        pair.Status(pair.A, pair.B).InFlight.Should().Be(1);
        pair.A.Receive(1, SyncChannel.Live, ack, pair.Now).Should().Be(SyncFrameProblem.None);
        pair.Status(pair.A, pair.B).InFlight.Should().Be(0);
    }

    [Fact]
    public void S4_StreamEnds_WhatWasNotAcknowledgedGoesAgain()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        pair.Send(pair.A, pair.B, SyncChannel.Live).Clear();
        pair.A.Create(2, 20, pair.Now);
        pair.A.Change(1, pair.Now);

        pair.Break(pair.A, pair.B);
        pair.Connect(pair.A, pair.B);
        pair.Exchange();

        pair.ShouldBeAlike();
        pair.B.Table.Entries.Should().HaveCount(2);
        pair.Status(pair.A, pair.B).Counters.RecordsResent.Should().Be(0);
        pair.Status(pair.A, pair.B).Counters.RecordsSent.Should().Be(3);
    }

    [Fact]
    public void S4_Window_IsFull_NothingGoesUntilAnAck()
    {
        var pair = new SyncPair(change: static s => s with { Window = 2 }).Connected();
        for (var i = 1u; i <= 5; i++)
        {
            pair.A.Create(i, i, pair.Now);
        }

        pair.Send(pair.A, pair.B, SyncChannel.Live).Should().HaveCount(1);
        pair.Status(pair.A, pair.B).InFlight.Should().Be(2);
        pair.Status(pair.A, pair.B).Backlog.Should().Be(3);

        pair.Exchange();
        pair.ShouldBeAlike();
    }

    [Fact]
    public void S5_Join_BulkIsOlderThanLive_DoesNotOverwrite()
    {
        var pair = new SyncPair();
        pair.A.Create(1, 10, pair.Now);
        pair.A.Create(2, 20, pair.Now);
        pair.Connect(pair.A, pair.B);
        for (var i = 0; i < 3; i++)
        {
            foreach (var (from, to) in new[] { (pair.A, pair.B), (pair.B, pair.A) })
            {
                pair.Send(from, to, SyncChannel.Live);
                pair.Deliver(from, to, SyncChannel.Live);
                pair.Send(from, to, SyncChannel.Bulk);
                if (i == 0)
                {
                    pair.Deliver(from, to, SyncChannel.Bulk);
                }
            }
        }

        pair.Status(pair.B, pair.A).BucketsWanted.Should().Be(ConnectionBuckets.Count);
        pair.B.Engine!.IsReady(pair.B.Clock(pair.Now)).Should().BeFalse();
        pair.A.Change(1, pair.Now);
        pair.A.Remove(2, pair.Now);
        pair.Send(pair.A, pair.B, SyncChannel.Live);
        pair.Deliver(pair.A, pair.B, SyncChannel.Live);
        pair.Exchange();

        pair.B.Engine.IsReady(pair.B.Clock(pair.Now)).Should().BeTrue();
        pair.ShouldBeAlike();
        pair.B.Table.Entries.Should().ContainSingle();
    }

    [Fact]
    public void S5_Join_BulkBreaks_OnlyWhatIsMissingIsAskedForAgain()
    {
        var pair = new SyncPair();
        for (var i = 1u; i <= 500; i++)
        {
            pair.A.Create(i, i, pair.Now);
        }

        pair.Connect(pair.A, pair.B);
        pair.Exchange();
        pair.B.Crash();
        pair.Break(pair.A, pair.B);
        pair.Start(pair.B);
        pair.Connect(pair.A, pair.B);
        for (var i = 0; i < 2; i++)
        {
            pair.Send(pair.A, pair.B, SyncChannel.Live);
            pair.Send(pair.B, pair.A, SyncChannel.Live);
            pair.Deliver(pair.A, pair.B, SyncChannel.Live);
            pair.Deliver(pair.B, pair.A, SyncChannel.Live);
            pair.Send(pair.B, pair.A, SyncChannel.Bulk);
            pair.Deliver(pair.B, pair.A, SyncChannel.Bulk);
            var wire = pair.Send(pair.A, pair.B, SyncChannel.Bulk);
            for (var n = 0; n < 1000 && wire.TryDequeue(out var frame); n++)
            {
                pair.B.Receive(0, SyncChannel.Bulk, frame, pair.Now).Should().Be(SyncFrameProblem.None);
            }
        }

        pair.Status(pair.B, pair.A).BucketsWanted.Should().BeInRange(3000, 3200);
        pair.Break(pair.A, pair.B);
        pair.Connect(pair.A, pair.B);
        pair.Exchange();

        pair.ShouldBeAlike();
        pair.Status(pair.B, pair.A).IsJoined.Should().BeTrue();
    }

    [Fact]
    public void S6_Refresh_GoesOnceInAQuarterOfTheTime_AndKeepsTheVersion()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        pair.Exchange();
        pair.B.Engine!.SetServing(false);
        var version = pair.B.Table.Entries[1].Version;
        var sent = pair.Status(pair.A, pair.B).Counters.RecordsSent;

        for (var i = 0; i < 50; i++)
        {
            pair.Pass(1);
            pair.A.Use(1, pair.Now);
        }

        (pair.Status(pair.A, pair.B).Counters.RecordsSent - sent).Should().BeInRange(4, 5);
        pair.B.Table.Entries[1].Version.Should().Be(version);
        (pair.Now - pair.B.Table.Entries[1].Seen).Should().BeLessThan(TimeSpan.FromSeconds(12));
    }

    [Fact]
    public void S6_Standby_DoesNotExpireWhatALivePeerHas()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        pair.Exchange();
        pair.B.Engine!.SetServing(false);
        pair.Pass(41);
        pair.B.Expire(pair.Now);
        pair.B.Table.Entries.Should().BeEmpty();

        pair.Pass(0.2);

        pair.B.Table.Entries.Should().ContainSingle();
        pair.A.Table.Entries.Should().ContainSingle();
        pair.B.Engine.Counters.Restored.Should().Be(1);
    }

    [Fact]
    public void S6_PeerIsGone_EntriesExpire()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        pair.Exchange();
        pair.B.Engine!.SetServing(false);
        pair.Break(pair.A, pair.B);
        pair.A.Crash();
        pair.B.Engine.SetAlive(0, false);
        pair.Pass(41);
        pair.B.Expire(pair.Now);
        pair.Pass(1);

        pair.B.Table.Entries.Should().BeEmpty();
        pair.B.Engine.Counters.Restored.Should().Be(0);
    }

    [Fact]
    public void S6_FormerMasterIsAStandby_WhoServesExpires()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        pair.Exchange();
        pair.A.Engine!.SetServing(false);
        pair.B.Engine!.SetServing(true);
        pair.Pass(41);

        pair.B.Expire(pair.Now);
        pair.Pass(1);

        pair.ShouldBeAlike();
        pair.A.Table.Entries.Should().BeEmpty();
    }

    [Fact]
    public void S7_NothingWasLost_SumsAreEqual_NothingIsResent()
    {
        var pair = new SyncPair().Connected();
        for (var i = 1u; i <= 1000; i++)
        {
            pair.A.Create(i, i, pair.Now);
            if (i % 3 == 0)
            {
                pair.A.Remove(i, pair.Now);
            }

            if (i % 50 == 0)
            {
                pair.Pass(0.3);
            }
        }

        pair.Pass(5);

        pair.ShouldBeAlike();
        pair.Status(pair.A, pair.B).Counters.RecordsResent.Should().Be(0);
        pair.Status(pair.B, pair.A).Counters.BucketsUnequal.Should().Be(0);
        pair.A.Engine!.Counters.Restored.Should().Be(0);
    }

    [Fact]
    public void S7_EventsWereLost_TheBucketIsReadAndThePeerFollows()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        pair.A.Create(2, 20, pair.Now);
        pair.Exchange();
        pair.A.LosesEvents = true;
        pair.A.Remove(1, pair.Now);
        pair.A.Create(3, 30, pair.Now);
        pair.Pass(0.2);

        pair.ShouldBeAlike();
        pair.B.Table.Entries.Keys.Should().Equal(2, 3);
    }

    [Fact]
    public void S7_ThePeerLostAnEntryUnseen_OnlyItsBucketIsResent()
    {
        var pair = new SyncPair(change: static s => s.NodeId == 1 ? s with { SweepPeriod = TimeSpan.FromHours(10) } : s).Connected();
        for (var i = 1u; i <= 300; i++)
        {
            pair.A.Create(i, i, pair.Now);
        }

        pair.Exchange();
        var version = new ConnectionVersion(pair.B.Table.Entries[5].Version + 1);

        // The wrong state is in B's slab: nothing but sums can find it.
        pair.B.Engine!.Delete(5, new ConnectionVersion(pair.B.Table.Entries[5].Version), pair.B.Clock(pair.Now));
        pair.B.Table.Remove(5);
        pair.Break(pair.A, pair.B);
        pair.A.Table.Entries[5] = pair.A.Table.Entries[5] with { Version = version.Value };
        pair.A.Engine!.Put(5, 5, version, TimeSpan.Zero, pair.A.Clock(pair.Now));
        pair.Connect(pair.A, pair.B);
        pair.Send(pair.A, pair.B, SyncChannel.Live);
        pair.Exchange();
        pair.ShouldBeAlike();
    }

    [Fact]
    public void S7_EntryThatItsOwnerHasForgotten_Goes()
    {
        var pair = new SyncPair(change: static s => s with { TombstoneTime = TimeSpan.FromMilliseconds(100), Backlog = 4 }).Connected();
        for (var i = 1u; i <= 20; i++)
        {
            pair.A.Create(i, i, pair.Now);
            pair.Exchange();
        }

        // More is closed during an outage than A keeps for B, and A has forgotten it when B is back.
        pair.Break(pair.A, pair.B);
        for (var i = 1u; i <= 15; i++)
        {
            pair.A.Remove(i, pair.Now);
        }

        pair.Pass(2);
        pair.A.Engine!.Counters.Tombstones.Should().BeLessThan(15);
        pair.Connect(pair.A, pair.B);
        pair.Pass(2.5);

        pair.ShouldBeAlike();
        pair.B.Table.Entries.Should().HaveCount(5);
        pair.Status(pair.B, pair.A).Counters.BucketsUnequal.Should().BePositive();
    }

    [Fact]
    public void S8_Backlog_RefreshesGoFirst_ThenDeletions_ThenBuckets()
    {
        var pair = new SyncPair(change: static s => s with { Backlog = 8 }).Connected();
        for (var i = 1u; i <= 30; i++)
        {
            pair.A.Create(i, i, pair.Now);
            pair.Exchange();
        }

        for (var i = 1u; i <= 6; i++)
        {
            pair.A.Change(i, pair.Now);
        }

        pair.A.Remove(7, pair.Now);
        pair.Status(pair.A, pair.B).Backlog.Should().Be(6);
        pair.Status(pair.A, pair.B).Counters.ChangesDropped.Should().Be(1);
        for (var i = 8u; i <= 20; i++)
        {
            pair.A.Change(i, pair.Now);
        }

        pair.Status(pair.A, pair.B).Backlog.Should().Be(8);
        pair.Status(pair.A, pair.B).Counters.ChangesDropped.Should().Be(12);
        pair.Pass(0.5);

        pair.ShouldBeAlike();
        pair.Status(pair.A, pair.B).Counters.RecordsResent.Should().BeInRange(12, 13);
    }

    [Fact]
    public void S9_Barrier_PassesWhenAllBeforeItIsInTheTable()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        pair.Send(pair.A, pair.B, SyncChannel.Live);
        pair.A.Create(2, 20, pair.Now);
        var barrier = pair.A.Engine!.Barrier(1);
        pair.A.Create(3, 30, pair.Now);

        // It changes again: it must not go behind the barrier.
        pair.A.Change(2, pair.Now);
        pair.A.Engine.HasPassed(1, barrier).Should().BeFalse();
        pair.Deliver(pair.A, pair.B, SyncChannel.Live);
        pair.Send(pair.B, pair.A, SyncChannel.Live);
        pair.Deliver(pair.B, pair.A, SyncChannel.Live);
        pair.A.Engine.HasPassed(1, barrier).Should().BeFalse("entry 2 has not gone");

        pair.Exchange();
        pair.A.Create(4, 40, pair.Now);
        pair.A.Engine.HasPassed(1, barrier).Should().BeTrue("what came later does not count");
        pair.Break(pair.A, pair.B);
        pair.A.Engine.HasPassed(1, barrier).Should().BeFalse();
    }

    [Fact]
    public void S10_UnknownService_IsParked_AndInstalledWhenItIsThere()
    {
        var pair = new SyncPair().Connected();
        pair.B.Table.LacksServices = true;
        pair.A.Create(1, 10, pair.Now);
        pair.A.Create(2, 21, pair.Now);
        pair.Pass(3);
        pair.B.Table.Entries.Should().ContainSingle();
        pair.B.Engine!.Counters.Parked.Should().Be(1);
        pair.Status(pair.A, pair.B).Counters.RecordsResent.Should().Be(0, "it is known, and its sum counts");

        pair.B.Table.LacksServices = false;
        pair.B.Engine.RetryParked(pair.B.Clock(pair.Now));
        pair.B.Apply(pair.Now);

        pair.ShouldBeAlike();
        pair.B.Engine.Counters.Parked.Should().Be(0);
    }

    [Fact]
    public void S10_ParkedEntryIsClosed_IsNotInstalledLater()
    {
        var pair = new SyncPair().Connected();
        pair.B.Table.LacksServices = true;
        pair.A.Create(1, 10, pair.Now);
        pair.Exchange();
        pair.A.Remove(1, pair.Now);
        pair.Exchange();
        pair.B.Table.LacksServices = false;
        pair.Pass(3);

        pair.B.Table.Entries.Should().BeEmpty();
        pair.B.Engine!.Counters.Parked.Should().Be(0);
        pair.ShouldBeAlike();
    }

    [Fact]
    public void S11_TwoEntriesInEachOthersWay_TheLowerVersionGoesEverywhere()
    {
        var pair = new SyncPair(3).Connected();
        pair.A.Create(1, 77, pair.Now);
        pair.B.Create(2, 77, pair.Now);
        pair.Pass(3);

        pair.ShouldBeAlike();
        pair.Nodes[2].Table.Entries.Should().ContainSingle().Which.Key.Should().Be(2);
        pair.Nodes.Sum(static n => n.Engine!.Counters.Conflicts).Should().BePositive();
    }

    [Fact]
    public void S12_ThreeNodes_OneDies_TheOthersGetAlikeByThemselves()
    {
        var pair = new SyncPair(3).Connected();
        pair.A.Create(1, 10, pair.Now);
        pair.Exchange();

        // The last change reaches one of them only.
        pair.A.Create(2, 20, pair.Now);
        pair.Send(pair.A, pair.B, SyncChannel.Live);
        pair.Deliver(pair.A, pair.B, SyncChannel.Live);
        pair.Break(pair.A, pair.B);
        pair.Break(pair.A, pair.Nodes[2]);
        pair.B.Engine!.SetAlive(0, false);
        pair.Nodes[2].Engine!.SetAlive(0, false);
        pair.A.Crash();
        pair.Pass(3);

        pair.Nodes[2].Table.Entries.Should().HaveCount(2);
        pair.B.Engine.Digest().Should().Be(pair.Nodes[2].Engine!.Digest());
    }

    [Fact]
    public void S13_Ready_WhenAllOfALivePeerHasCome_AndForAWhileAfterItsStreamEnded()
    {
        var pair = new SyncPair();
        var b = pair.B.Engine!;
        b.IsReady(pair.B.Clock(pair.Now)).Should().BeTrue("there is nobody to learn from");
        b.SetAlive(0, true);
        b.IsReady(pair.B.Clock(pair.Now)).Should().BeFalse();

        pair.Connect(pair.A, pair.B);
        pair.Exchange();
        b.IsReady(pair.B.Clock(pair.Now)).Should().BeTrue();
        pair.Break(pair.A, pair.B);
        pair.Pass(2.5);
        b.IsReady(pair.B.Clock(pair.Now)).Should().BeTrue();
        pair.Pass(1);
        b.IsReady(pair.B.Clock(pair.Now)).Should().BeFalse("it does not hear what changes");
        b.SetAlive(0, false);
        b.IsReady(pair.B.Clock(pair.Now)).Should().BeTrue();
    }

    [Fact]
    public void S14_Lag_IsThatOfTheOldestChange()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        pair.Pass(0.2, exchange: false);
        pair.A.Create(2, 20, pair.Now);
        pair.Pass(0.3, exchange: false);

        pair.Status(pair.A, pair.B).Lag.Should().BeCloseTo(TimeSpan.FromSeconds(0.5), TimeSpan.FromMilliseconds(1));
        pair.Exchange();
        pair.Status(pair.A, pair.B).Lag.Should().Be(TimeSpan.Zero);
        pair.Status(pair.A, pair.B).LastLag.Should().BeCloseTo(TimeSpan.FromSeconds(0.3), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void SteadyState_AllocatesNothing()
    {
        var pair = new SyncPair(change: static s => s with { DigestPeriod = TimeSpan.FromHours(10) }).Connected();
        var frame = new byte[SyncFrame.LongestLength];
        var outcomes = new SyncOutcome[512];
        var a = pair.A.Engine!;
        var b = pair.B.Engine!;
        void Go(int rounds)
        {
            for (var i = 0; i < rounds; i++)
            {
                for (var k = 0u; k < 100; k++)
                {
                    a.Put(k, k, new ConnectionVersion(2, 0, _counter++), TimeSpan.Zero, pair.Now);
                }

                int length;
                while ((length = a.Write(1, SyncChannel.Live, frame, pair.Now)) > 0)
                {
                    b.Receive(0, SyncChannel.Live, frame.AsSpan(0, length), pair.Now);
                    b.Applied(outcomes.AsSpan(0, b.Incoming.Length), pair.Now);
                }

                while ((length = b.Write(0, SyncChannel.Live, frame, pair.Now)) > 0)
                {
                    a.Receive(1, SyncChannel.Live, frame.AsSpan(0, length), pair.Now);
                }

                a.Tick(pair.Now);
            }
        }

        Go(50);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Go(100);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1000);
        b.Counters.Entries.Should().Be(100);
    }

    private uint _counter = 1;
}
