using System.Buffers.Binary;
using FluentAssertions;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Wire;
using Xunit;

namespace Loxi.Ha.Tests.Sync.Transport;

public class SyncHubTests
{
    [Fact]
    public async Task AChange_ReachesTheOtherTable()
    {
        var pair = new HubPair().Connected();
        await pair.JoinedAsync();

        pair.A.Table.Put(1, 10);
        pair.B.Table.Put(2, 20);
        await pair.UntilAsync(() => pair.A.Table.Count == 2 && pair.B.Table.Count == 2);
        pair.A.Table.Delete(1);
        await pair.UntilAsync(() => pair.B.Table.Count == 1);

        pair.B.Table.Values.Should().Equal(new Dictionary<ulong, uint> { [2] = 20 });
        pair.A.Told.Where(static t => t.Kind == SyncSpeakerEventKind.Opened).Select(static t => t.Channel).Should().BeEquivalentTo([SyncChannel.Live, SyncChannel.Bulk]);
    }

    [Fact]
    public async Task WhatWasThereBefore_IsReadAndJoined()
    {
        var pair = new HubPair();
        for (var i = 0u; i < 50_000; i++)
        {
            pair.A.Table.Put(i, i, isTold: false);
        }

        pair.Connected();
        await pair.UntilAsync(() => pair.B.Hub.IsReady && pair.B.Table.Count == 50_000);

        pair.B.Table.Values.Should().Equal(pair.A.Table.Values);
    }

    [Fact]
    public async Task ChangesThatFoundNoRoom_AreReadFromTheTable()
    {
        var pair = new HubPair(queue: 16).Connected();
        await pair.JoinedAsync();

        for (var i = 0u; i < 1000; i++)
        {
            pair.A.Table.Put(i, i);
        }

        pair.A.Changes.Lost.Should().Be(1000 - 16);
        pair.Now += TimeSpan.FromMilliseconds(100);
        await pair.UntilAsync(() => pair.B.Table.Count == 1000);
    }

    [Fact]
    public async Task ASlowPeer_DoesNotMakeTheQueueGrow()
    {
        var pair = new HubPair().Begun();
        var live = pair.A.Attach(1, SyncChannel.Live, pair.Now);
        await WriteOpenAsync(live, 1);
        await pair.UntilAsync(() => pair.A.Told.Count > 0);

        // The open stream is not read any more.
        for (var round = 0u; round < 40; round++)
        {
            for (var i = 0u; i < 20_000; i++)
            {
                pair.A.Table.Put(i, round);
            }

            pair.Turn();
        }

        var status = pair.A.Hub.ReadPeers(pair.Now)[0];
        status.Live.Unsent.Should().BeInRange(64 * 1024, 320 * 1024, "it stops to send at 256 KiB, and one frame more");
        (status.Engine.Backlog + status.Engine.InFlight).Should().BeLessThanOrEqualTo(2 * 20_000, "it is a list of entries, not of changes");
    }

    [Fact]
    public async Task AStreamThatIsNotOpened_IsClosed()
    {
        var pair = new HubPair().Begun();
        pair.A.Attach(1, SyncChannel.Live, pair.Now);

        pair.Now += TimeSpan.FromSeconds(4.9);
        pair.Turn();
        pair.A.Told.Should().BeEmpty();
        pair.Now += TimeSpan.FromSeconds(0.1);
        await pair.UntilAsync(() => pair.A.Told.Count > 0);

        pair.A.Told.Should().ContainSingle().Which.Should().Match<SyncSpeakerEvent>(t => t.Kind == SyncSpeakerEventKind.Closed && t.Text.Contains("within 5 s"));
    }

    [Theory]
    [InlineData(SyncFrameProblem.TooLong)]
    [InlineData(SyncFrameProblem.TooShort)]
    [InlineData(SyncFrameProblem.UnknownVersion)]
    [InlineData(SyncFrameProblem.WrongSequence)]
    [InlineData(SyncFrameProblem.OpenedTwice)]
    public async Task AWrongFrame_ClosesItsConnectionAlone(SyncFrameProblem problem)
    {
        var pair = new HubPair().Connected();
        pair.A.Table.Put(1, 10);
        await pair.JoinedAsync();
        await pair.UntilAsync(() => pair.B.Table.Count == 1);
        var before = pair.A.Table.Values;

        var live = pair.A.Attach(1, SyncChannel.Live, pair.Now);
        var open = await WriteOpenAsync(live, 1);
        var wrong = (byte[])open.Clone();
        switch (problem)
        {
            case SyncFrameProblem.TooLong:
                BinaryPrimitives.WriteUInt32BigEndian(wrong, 65_537);
                break;
            case SyncFrameProblem.TooShort:
                BinaryPrimitives.WriteUInt32BigEndian(wrong, 3);
                break;
            case SyncFrameProblem.UnknownVersion:
                wrong[4] = 2;
                break;
            case SyncFrameProblem.WrongSequence:
                wrong = new byte[40];
                SyncFrame.WriteHeader(wrong, 40, new SyncFrameHeader { Kind = SyncFrameKind.Ack, Incarnation = 1, Sequence = 5 });
                break;
        }

        await live.WriteAsync(wrong, TestContext.Current.CancellationToken);
        await pair.UntilAsync(() => pair.A.Hub.Problems.Count > 0);

        pair.A.Hub.Problems.Should().ContainSingle().Which.Should().Be(KeyValuePair.Create(problem, 1L));
        pair.A.Told[^1].Should().Match<SyncSpeakerEvent>(t => t.Kind == SyncSpeakerEventKind.Closed && t.Problem == problem && t.Channel == SyncChannel.Live);
        pair.A.Table.Values.Should().Equal(before);
        pair.A.Hub.ReadPeers(pair.Now)[0].Engine.IsBulk.Should().BeTrue();
    }

    [Fact]
    public async Task AnEndInTheMiddleOfAFrame_IsNamed()
    {
        var pair = new HubPair().Begun();
        var live = pair.A.Attach(1, SyncChannel.Live, pair.Now);
        var open = await WriteOpenAsync(live, 1);
        await live.WriteAsync(open.AsMemory(0, 30), TestContext.Current.CancellationToken);
        live.Dispose();
        await pair.UntilAsync(() => pair.A.Told.Any(static t => t.Kind == SyncSpeakerEventKind.Closed));

        pair.A.Told.Single(static t => t.Kind == SyncSpeakerEventKind.Closed).Text.Should().EndWith("in the middle of a frame");
    }

    [Fact]
    public async Task APeerThatIsNoneAnyMore_IsDisconnected()
    {
        var pair = new HubPair().Connected();
        await pair.JoinedAsync();

        pair.A.SetPeers(pair.Now);
        pair.A.Table.Put(1, 10);
        await pair.UntilAsync(() => pair.B.Told.Count(static t => t.Kind == SyncSpeakerEventKind.Closed) == 2);

        pair.B.Table.Count.Should().Be(0);
        pair.A.Hub.ReadPeers(pair.Now).Should().BeEmpty();
        var late = pair.A.Attach(1, SyncChannel.Live, pair.Now);
        await FluentActions.Awaiting(() => late.ReadAsync(new byte[1]).AsTask()).Should().ThrowAsync<InvalidOperationException>("its handshake began before");
    }

    [Fact]
    public async Task Pass_EndsWhenAllThatChangedBeforeIsInTheOtherTable()
    {
        var pair = new HubPair().Connected();
        // Before the first turn: nothing is known of the other yet.
        pair.A.Table.Put(1, 10);
        var passed = pair.A.Hub.PassAsync(1, pair.Now, TestContext.Current.CancellationToken);
        passed.IsCompleted.Should().BeFalse();
        await pair.UntilAsync(() => passed.IsCompleted);

        pair.B.Table.Count.Should().Be(1);
    }

    [Fact]
    public async Task RecordsThatTheTableDoesNotTake_AreTriedAgain()
    {
        var pair = new HubPair().Connected();
        pair.B.Table.Refuses = SyncOutcome.Unknown;
        pair.A.Table.Put(1, 10);
        await pair.UntilAsync(() => pair.B.Engine.Counters.Parked == 1);

        pair.B.Table.Refuses = null;
        pair.B.Hub.RetryParked(pair.Now);

        pair.B.Table.Values.Should().ContainKey(1);
    }

    /// <summary>What a peer says first.</summary>
    private static async Task<byte[]> WriteOpenAsync(DuplexStream stream, byte node)
    {
        var frame = new byte[SyncFrameLayout.OpenLength];
        SyncFrame.WriteHeader(frame, frame.Length, new SyncFrameHeader { Kind = SyncFrameKind.Open, Incarnation = 1, Sequence = 1 });
        SyncFrame.WriteOpen(frame, new SyncOpen(FakeTable.Schema.Id, 0, node, (byte)(1 - node), SyncChannel.Live));
        await stream.WriteAsync(frame);
        return frame;
    }
}
