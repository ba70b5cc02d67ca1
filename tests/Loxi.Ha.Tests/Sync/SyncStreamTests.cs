using System.Buffers.Binary;
using CsCheck;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Wire;
using Loxi.Sim.Sync;
using Xunit;
using L = Loxi.Ha.Sync.Wire.SyncFrameLayout;

namespace Loxi.Ha.Tests.Sync;

/// <summary>What a peer may not do in a stream. Nothing of it changes an entry.</summary>
public sealed class SyncStreamTests
{
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(1);

    [Fact]
    public void FirstFrame_OpensTheStream_AndNoOther()
    {
        var engine = Engine();

        engine.Receive(1, SyncChannel.Live, Frame(SyncFrameKind.Ack, 1), Now).Should().Be(SyncFrameProblem.NotOpened);
        engine.Open(1, SyncChannel.Live, Now);
        engine.Receive(1, SyncChannel.Live, Open(), Now).Should().Be(SyncFrameProblem.None);
        engine.Receive(1, SyncChannel.Live, Open(), Now).Should().Be(SyncFrameProblem.OpenedTwice);
        engine.Status(1, Now).Counters.FramesRefused.Should().Be(2);
    }

    public static TheoryData<ulong, uint, byte, byte, SyncChannel, ulong, ulong, ulong, SyncFrameProblem> Openings => new()
    {
        { 1, 2, 1, 0, SyncChannel.Live, 5, 1, 0, SyncFrameProblem.None },
        { 2, 2, 1, 0, SyncChannel.Live, 5, 1, 0, SyncFrameProblem.WrongSchema },
        { 1, 3, 1, 0, SyncChannel.Live, 5, 1, 0, SyncFrameProblem.WrongLayout },
        { 1, 2, 2, 0, SyncChannel.Live, 5, 1, 0, SyncFrameProblem.WrongNode },
        { 1, 2, 1, 3, SyncChannel.Live, 5, 1, 0, SyncFrameProblem.WrongPeer },
        { 1, 2, 1, 0, SyncChannel.Bulk, 5, 1, 0, SyncFrameProblem.WrongChannel },
        { 1, 2, 1, 0, SyncChannel.Live, 0, 1, 0, SyncFrameProblem.WrongIncarnation },
        { 1, 2, 1, 0, SyncChannel.Live, 5, 2, 0, SyncFrameProblem.WrongSequence },
        { 1, 2, 1, 0, SyncChannel.Live, 5, 1, 1, SyncFrameProblem.WrongAck },
    };

    [Theory]
    [MemberData(nameof(Openings))]
    public void Opening_WithOneWrongThing_IsNamed(ulong schema, uint layout, byte node, byte peer, SyncChannel channel, ulong incarnation, ulong sequence, ulong ack, SyncFrameProblem expected)
    {
        var frame = new byte[L.OpenLength];
        SyncFrame.WriteOpen(frame, new SyncOpen(schema, layout, node, peer, channel));
        SyncFrame.WriteHeader(frame, frame.Length, new SyncFrameHeader { Kind = SyncFrameKind.Open, Incarnation = incarnation, Sequence = sequence, Ack = ack });

        Engine().Receive(1, SyncChannel.Live, frame, Now).Should().Be(expected);
    }

    [Fact]
    public void FormerRun_IsRefused_AlsoByTheOtherChannel()
    {
        var engine = Opened(incarnation: 5);
        engine.Open(1, SyncChannel.Bulk, Now);
        engine.Receive(1, SyncChannel.Bulk, Open(4, SyncChannel.Bulk), Now).Should().Be(SyncFrameProblem.StaleIncarnation);

        // A new run opens one of them: the other one is over.
        engine.Open(1, SyncChannel.Bulk, Now);
        engine.Receive(1, SyncChannel.Bulk, Open(6, SyncChannel.Bulk), Now).Should().Be(SyncFrameProblem.None);
        engine.Receive(1, SyncChannel.Live, Frame(SyncFrameKind.Ack, 2), Now).Should().Be(SyncFrameProblem.WrongIncarnation);
        engine.Write(1, SyncChannel.Live, new byte[8192], Now).Should().Be(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Sequence_ReplayedOrMissing_IsRefused(ulong sequence) => Opened().Receive(1, SyncChannel.Live, Frame(SyncFrameKind.Ack, sequence), Now).Should().Be(SyncFrameProblem.WrongSequence);

    [Fact]
    public void Ack_OfWhatWasNotSent_OrGoingBack_IsRefused()
    {
        var engine = Opened();
        engine.Write(1, SyncChannel.Live, new byte[8192], Now).Should().Be(L.OpenLength);
        engine.Receive(1, SyncChannel.Live, Frame(SyncFrameKind.Ack, 2, ack: 1), Now).Should().Be(SyncFrameProblem.None);
        engine.Receive(1, SyncChannel.Live, Frame(SyncFrameKind.Ack, 3, ack: 0), Now).Should().Be(SyncFrameProblem.WrongAck);

        Opened().Receive(1, SyncChannel.Live, Frame(SyncFrameKind.Ack, 2, ack: 1), Now).Should().Be(SyncFrameProblem.WrongAck);
    }

    [Theory]
    [InlineData(SyncChannel.Live, 6, L.BucketHeadLength)]
    [InlineData(SyncChannel.Bulk, 5, L.WantLength)]
    [InlineData(SyncChannel.Bulk, 2, L.HeaderLength)]
    public void FrameOfTheOtherChannel_IsRefused(SyncChannel channel, int kind, int length)
    {
        var frame = Frame((SyncFrameKind)kind, 2, length: length);
        Opened(channel: channel).Receive(1, channel, frame, Now).Should().Be(SyncFrameProblem.UnknownKind);
    }

    [Fact]
    public void Records_WithAnotherEpochCountOrContent_AreRefused_AndNothingIsAcknowledged()
    {
        Opened().Receive(1, SyncChannel.Live, Records(2, 1, epoch: 3, Record(1)), Now).Should().Be(SyncFrameProblem.WrongEpoch);
        Opened().Receive(1, SyncChannel.Live, Records(2, 2, epoch: 0, Record(1)), Now).Should().Be(SyncFrameProblem.WrongCount);
        Opened().Receive(1, SyncChannel.Live, Records(2, 1, epoch: 0, Record(1)[..20]), Now).Should().Be(SyncFrameProblem.WrongRecord);
        var engine = Opened();
        engine.Receive(1, SyncChannel.Live, Records(2, 2, epoch: 0, [.. Record(1), 9, .. new byte[24]]), Now).Should().Be(SyncFrameProblem.WrongRecord);
        engine.LastRecordProblem.Should().Be(SyncRecordProblem.UnknownOperation);

        // What was whole is kept; the stream says nothing any more.
        engine.Incoming.Length.Should().Be(1);
        engine.Applied([SyncOutcome.Applied], Now);
        engine.Write(1, SyncChannel.Live, new byte[8192], Now).Should().Be(0);
    }

    [Fact]
    public void ImpossibleRecord_IsCounted_TheOthersAreTaken()
    {
        var engine = Opened();

        engine.Receive(1, SyncChannel.Live, Records(2, 3, epoch: 0, [.. Record(1), .. Record(ulong.MaxValue), .. Record(2)]), Now).Should().Be(SyncFrameProblem.None);

        engine.Incoming.Length.Should().Be(2);
        engine.Status(1, Now).Counters.RecordsImpossible.Should().Be(1);
    }

    [Fact]
    public void RecordOfAnotherBucket_IsRefused()
    {
        var bucket = (int)((uint)new KeySchema(TimeSpan.FromSeconds(1)).HashOf(1) >> 20);
        var frame = Bucket(bucket, Record(1));
        Opened(channel: SyncChannel.Bulk).Receive(1, SyncChannel.Bulk, frame, Now).Should().Be(SyncFrameProblem.None);

        Opened(channel: SyncChannel.Bulk).Receive(1, SyncChannel.Bulk, Bucket(bucket ^ 1, Record(1)), Now).Should().Be(SyncFrameProblem.WrongBucket);
    }

    [Fact]
    public void BucketThatWasNotAskedFor_TakesNothingAway()
    {
        var pair = new SyncPair().Connected();
        pair.A.Create(1, 10, pair.Now);
        pair.Exchange();
        var bucket = (int)((uint)new KeySchema(TimeSpan.FromSeconds(1)).HashOf(1) >> 20);
        var frame = Bucket(bucket, []);
        BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(L.IncarnationAt), pair.A.Incarnation);
        pair.Break(pair.A, pair.B, SyncChannel.Bulk);
        pair.B.Engine!.Open(0, SyncChannel.Bulk, pair.B.Clock(pair.Now));
        var open = new byte[L.OpenLength];
        SyncFrame.WriteOpen(open, new SyncOpen(1, 0, 0, 1, SyncChannel.Bulk));
        SyncFrame.WriteHeader(open, open.Length, new SyncFrameHeader { Kind = SyncFrameKind.Open, Incarnation = pair.A.Incarnation, Sequence = 1 });
        pair.B.Receive(0, SyncChannel.Bulk, open, pair.Now).Should().Be(SyncFrameProblem.None);

        pair.B.Receive(0, SyncChannel.Bulk, frame, pair.Now).Should().Be(SyncFrameProblem.None);

        pair.B.Table.Entries.Should().ContainSingle();
    }

    [Fact]
    public void AnyOctetsInAnOpenStream_NoException_NothingHalf() => Gen.Select(Gen.Byte[2, 6], Gen.Byte.Array[0, 900], Gen.Bool).Sample(static (kind, bytes, isLong) =>
    {
        var engine = Opened();
        engine.Open(1, SyncChannel.Bulk, Now);
        engine.Receive(1, SyncChannel.Bulk, Open(5, SyncChannel.Bulk), Now).Should().Be(SyncFrameProblem.None);
        var length = isLong ? L.WantLength : L.HeaderLength + bytes.Length;
        var frame = Frame((SyncFrameKind)kind, 2, length: length);
        bytes.AsSpan(0, Math.Min(bytes.Length, length - L.HeaderLength)).CopyTo(frame.AsSpan(L.HeaderLength));
        engine.Receive(1, kind == (byte)SyncFrameKind.Bucket ? SyncChannel.Bulk : SyncChannel.Live, frame, Now);
        engine.Applied(new SyncOutcome[engine.Incoming.Length], Now);
        engine.Tick(Now);
        engine.Write(1, SyncChannel.Live, new byte[65_536], Now);
    }, iter: 2_000);

    [Fact]
    public void Peers_AreAddedOnceAndByTheirNumber()
    {
        var engine = Engine();

        engine.Invoking(static e => e.AddPeer(0)).Should().Throw<ArgumentException>().WithMessage("Peer 0: expected another node than this one (0), once.*");
        engine.Invoking(static e => e.AddPeer(1)).Should().Throw<ArgumentException>();
        engine.Invoking(static e => e.Tick(Now)).Should().NotThrow();
        engine.Invoking(static e => e.SetAlive(9, true)).Should().Throw<ArgumentException>().WithMessage("Peer 9: expected one that was added.*");
        for (byte peer = 2; peer < 65; peer++)
        {
            engine.AddPeer(peer);
        }

        engine.Invoking(static e => e.AddPeer(65)).Should().Throw<InvalidOperationException>().WithMessage("Peer 65: expected at most 64 peers.");
        engine.RemovePeer(7);
        engine.AddPeer(65);
    }

    private static SyncEngine<ulong, uint> Engine()
    {
        var engine = new SyncEngine<ulong, uint>(SyncPair.Settings(0) with { Layout = 2 }, new KeySchema(TimeSpan.FromSeconds(10)), 3);
        engine.AddPeer(1);
        engine.Open(1, SyncChannel.Live, Now);
        return engine;
    }

    private static SyncEngine<ulong, uint> Opened(ulong incarnation = 5, SyncChannel channel = SyncChannel.Live)
    {
        var engine = Engine();
        engine.Open(1, channel, Now);
        engine.Receive(1, channel, Open(incarnation, channel), Now).Should().Be(SyncFrameProblem.None);
        return engine;
    }

    private static byte[] Open(ulong incarnation = 5, SyncChannel channel = SyncChannel.Live)
    {
        var frame = new byte[L.OpenLength];
        SyncFrame.WriteOpen(frame, new SyncOpen(1, 2, 1, 0, channel));
        SyncFrame.WriteHeader(frame, frame.Length, new SyncFrameHeader { Kind = SyncFrameKind.Open, Incarnation = incarnation, Sequence = 1 });
        return frame;
    }

    private static byte[] Frame(SyncFrameKind kind, ulong sequence, ulong ack = 0, int length = L.HeaderLength)
    {
        var frame = new byte[length];
        SyncFrame.WriteHeader(frame, length, new SyncFrameHeader { Kind = kind, Incarnation = 5, Sequence = sequence, Ack = ack });
        return frame;
    }

    private static byte[] Records(ulong sequence, ushort count, ushort epoch, byte[] records)
    {
        byte[] frame = [.. new byte[L.HeaderLength], .. records];
        SyncFrame.WriteHeader(frame, frame.Length, new SyncFrameHeader { Kind = SyncFrameKind.Records, Incarnation = 5, Sequence = sequence, Count = count, Epoch = epoch });
        return frame;
    }

    private static byte[] Bucket(int bucket, byte[] records)
    {
        byte[] frame = [.. new byte[L.BucketHeadLength], .. records];
        SyncFrame.WriteHeader(frame, frame.Length, new SyncFrameHeader { Kind = SyncFrameKind.Bucket, Incarnation = 5, Sequence = 2, Count = (ushort)(records.Length / 25), Flags = L.LastFlag | L.WholeFlag });
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(L.HeaderLength + 4), (ushort)bucket);
        return frame;
    }

    private static byte[] Record(ulong key)
    {
        var bytes = new byte[25];
        new KeySchema(TimeSpan.Zero).TryWrite(new SyncRecord<ulong, uint>(SyncOperation.Put, key, 7, new ConnectionVersion(1, 1, 1), TimeSpan.Zero), bytes, out _);
        return bytes;
    }
}
