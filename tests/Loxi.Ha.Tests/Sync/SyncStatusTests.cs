using FluentAssertions;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Wire;
using Xunit;

namespace Loxi.Ha.Tests.Sync;

/// <summary>What an engine tells of a peer: whether it is alive, what it does not have.</summary>
public class SyncStatusTests
{
    [Fact]
    public void Missing_IsAllUntilAPeerHasAsked_ThenWhatWaits()
    {
        var pair = new SyncPair();
        pair.A.Create(1, 10, pair.Now);
        pair.A.Create(2, 20, pair.Now);
        pair.Status(pair.A, pair.B).Should().BeEquivalentTo(new { IsJoining = true, Missing = 2 });

        pair.Connected();
        pair.Status(pair.A, pair.B).Should().BeEquivalentTo(new { IsJoining = false, Missing = 0 });

        pair.A.Create(3, 30, pair.Now);
        pair.Status(pair.A, pair.B).Missing.Should().Be(1);
        pair.Send(pair.A, pair.B, SyncChannel.Live);
        pair.Status(pair.A, pair.B).Missing.Should().Be(1, "it is on its way");
        pair.Exchange();
        pair.Status(pair.A, pair.B).Missing.Should().Be(0);
    }

    [Fact]
    public void Missing_WhileAPeerJoins_IsWhatItHasNotAcknowledged()
    {
        var pair = new SyncPair();
        for (var key = 1UL; key <= 100; key++)
        {
            pair.A.Create(key, (uint)key, pair.Now);
        }

        pair.A.Remove(100, pair.Now);
        pair.Connect(pair.A, pair.B);
        pair.Send(pair.A, pair.B, SyncChannel.Live);
        pair.Deliver(pair.A, pair.B, SyncChannel.Live);
        pair.Send(pair.B, pair.A, SyncChannel.Live);
        pair.Deliver(pair.B, pair.A, SyncChannel.Live);
        pair.Status(pair.A, pair.B).Should().BeEquivalentTo(new { IsJoining = true, BucketsOwed = 4096, Missing = 99 });

        pair.Send(pair.B, pair.A, SyncChannel.Bulk);
        pair.Deliver(pair.B, pair.A, SyncChannel.Bulk);
        pair.Send(pair.A, pair.B, SyncChannel.Bulk);
        pair.Status(pair.A, pair.B).Should().BeEquivalentTo(new { IsJoining = true, BucketsOwed = 4096, Missing = 99 }, "all is on its way");
        pair.Exchange();
        pair.Status(pair.A, pair.B).Should().BeEquivalentTo(new { IsJoining = false, BucketsOwed = 0, Missing = 0 });
    }

    [Fact]
    public void S10_WhatATableLacks_IsTold_AndThatItDoesNoMore()
    {
        var pair = new SyncPair().Connected();
        pair.B.Table.LacksServices = true;
        pair.A.Create(1, 10, pair.Now);
        pair.A.Create(2, 21, pair.Now);
        pair.Exchange();
        pair.Status(pair.A, pair.B).Should().BeEquivalentTo(new { Missing = 0, Lacks = true });
        pair.Status(pair.B, pair.A).Lacks.Should().BeFalse();

        pair.B.Table.LacksServices = false;
        pair.B.Engine!.RetryParked(pair.B.Clock(pair.Now));
        pair.B.Apply(pair.Now);
        pair.Exchange();

        pair.Status(pair.A, pair.B).Lacks.Should().BeFalse("it is told without anything else to tell");
    }

    [Fact]
    public void S10_WhatATableLacks_IsToldByTheNextStreamToo()
    {
        var pair = new SyncPair().Connected();
        pair.B.Table.LacksServices = true;
        pair.A.Create(1, 10, pair.Now);
        pair.A.Create(2, 21, pair.Now);
        pair.Exchange();
        pair.Break(pair.A, pair.B);
        pair.B.Table.LacksServices = false;
        pair.B.Engine!.RetryParked(pair.B.Clock(pair.Now));
        pair.B.Apply(pair.Now);

        pair.Connected();

        pair.Status(pair.A, pair.B).Lacks.Should().BeFalse();
    }

    [Fact]
    public void S6_APeerThatHangs_IsNotAlive_ThoughItsStreamIsOpen()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        pair.Exchange();
        pair.B.Engine!.SetServing(false);
        pair.B.Engine.SetAlive(0, true);
        pair.Pass(10, exchange: false);
        pair.Status(pair.B, pair.A).Should().BeEquivalentTo(new { IsLive = true, IsAlive = true }, "HELLO hears it, though it has nothing to say");

        pair.B.Engine.SetAlive(0, false);
        pair.Status(pair.B, pair.A).Should().BeEquivalentTo(new { IsLive = true, IsAlive = false });
        pair.Pass(31, exchange: false);
        pair.B.Expire(pair.Now);
        pair.Pass(0.2, exchange: false);

        pair.B.Table.Entries.Should().BeEmpty("nobody keeps it");
        pair.B.Engine.Counters.Restored.Should().Be(0);
    }

    [Fact]
    public void S6_APeerWithoutHello_IsAliveAsLongAsFramesCome()
    {
        var pair = new SyncPair(change: static s => s with { DigestPeriod = TimeSpan.FromSeconds(2) }).Connected();
        pair.B.Engine!.SetAlive(0, false);
        pair.Pass(20);
        pair.Status(pair.B, pair.A).IsAlive.Should().BeTrue("sums come every 2 s");

        pair.Pass(2.5, exchange: false);
        pair.Status(pair.B, pair.A).IsAlive.Should().BeTrue();
        pair.Pass(1, exchange: false);
        pair.Status(pair.B, pair.A).IsAlive.Should().BeFalse();
        pair.Exchange();
        pair.Status(pair.B, pair.A).IsAlive.Should().BeTrue("it goes on");
    }

    [Fact]
    public void S6_AStreamOfWhichNobodySaysAnything_IsAPeerThatIsAlive()
    {
        var pair = new SyncPair().Connected();

        pair.Pass(60, exchange: false);

        pair.Status(pair.B, pair.A).IsAlive.Should().BeTrue("there are no roles here");
    }
}
