using System.Buffers.Binary;
using FluentAssertions;
using Loxi.Linux.Netlink;
using Loxi.Linux.RootTests.Support;
using Loxi.Linux.Sockets;
using Xunit;

namespace Loxi.Linux.RootTests.Sockets;

public sealed class PacketSocketTests : IDisposable
{
    private const ushort TestEtherType = 0x88b5; // IEEE 802 local experimental
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly VethPair _pair = new();
    private readonly byte[] _buffer = new byte[2048];

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void Send_Frame_ArrivesWholeOnTheOtherSide()
    {
        using var sender = PacketSocket.Open(_pair.AIndex, new() { EtherType = 0, NetworkNamespace = _pair.A });
        using var receiver = PacketSocket.Open(_pair.BIndex, new() { EtherType = TestEtherType, NetworkNamespace = _pair.B });
        var frame = Frame(TestEtherType, 100);
        sender.Send(frame);
        receiver.TryReceive(_buffer, out var info, Limit, TestContext.Current.CancellationToken).Should().BeTrue();
        info.Should().Be(new PacketInfo(frame.Length, frame.Length, _pair.BIndex, PacketDirection.Host, TestEtherType, false, 0));
        _buffer.AsSpan(0, info.Length).ToArray().Should().Equal(frame);
    }

    [Fact]
    public void Send_OnALinkByItsIndex_LeavesThereAndNothingIsReceived()
    {
        using var sender = PacketSocket.Open(0, new() { EtherType = 0, NetworkNamespace = _pair.A });
        using var receiver = PacketSocket.Open(_pair.BIndex, new() { EtherType = TestEtherType, NetworkNamespace = _pair.B });
        using var back = PacketSocket.Open(_pair.BIndex, new() { EtherType = 0, NetworkNamespace = _pair.B });
        var frame = Frame(TestEtherType, 100);
        sender.Send(_pair.AIndex, frame);
        receiver.TryReceive(_buffer, out var info, Limit, TestContext.Current.CancellationToken).Should().BeTrue();
        info.EtherType.Should().Be(TestEtherType, "the kernel reads it from the frame");
        _buffer.AsSpan(0, info.Length).ToArray().Should().Equal(frame);
        back.Send(frame);
        sender.TryReceive(_buffer, out _, TimeSpan.Zero, TestContext.Current.CancellationToken).Should().BeFalse();
    }

    [Fact]
    public void Send_OnALinkThatIsDownOrGone_IsAnErrorAndOthersGoOn()
    {
        using var sender = PacketSocket.Open(0, new() { EtherType = 0, NetworkNamespace = _pair.A });
        var frame = Frame(TestEtherType, 60);
        Failure(() => sender.Send(4_000_000, frame)).Should().Be(Errno.ENXIO);
        Failure(() => sender.Send(_pair.AIndex, new byte[1700])).Should().Be(Errno.EMSGSIZE);
        Failure(() => sender.Send(frame)).Should().Be(Errno.ENXIO, "it is open on no link");
        sender.Send(_pair.AIndex, frame);
        using var client = new RtnetlinkClient(_pair.A);
        client.SetLinkDown(_pair.AIndex);
        Failure(() => sender.Send(_pair.AIndex, frame)).Should().Be(Errno.ENETDOWN);
        client.SetLinkUp(_pair.AIndex);
        sender.Send(_pair.AIndex, frame);

        static int Failure(Action send) => FluentActions.Invoking(send).Should().Throw<LinuxException>().Which.ErrorNumber;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Send_OnNoLink_CallersFault(int interfaceIndex)
    {
        using var sender = PacketSocket.Open(0, new() { EtherType = 0, NetworkNamespace = _pair.A });
        FluentActions.Invoking(() => sender.Send(interfaceIndex, new byte[60])).Should().Throw<ArgumentOutOfRangeException>().WithParameterName(nameof(interfaceIndex));
    }

    [Fact]
    public void SendBatch_Thousand_ArriveInOrder_AndTheRoomIsUsedAgain()
    {
        using var sender = PacketSocket.Open(0, new() { EtherType = 0, NetworkNamespace = _pair.A });
        using var receiver = PacketSocket.Open(_pair.BIndex, new() { EtherType = TestEtherType, NetworkNamespace = _pair.B, ReceiveBuffer = 4 << 20 });
        var batch = new PacketSendBatch(1000, 64);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 1000; i++)
            {
                var frame = Frame(TestEtherType, 60);
                BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(20), (round * 1000) + i);
                batch.TryAdd(_pair.AIndex, frame).Should().BeTrue();
            }

            batch.TryAdd(_pair.AIndex, Frame(TestEtherType, 60)).Should().BeFalse("it is full");
            sender.Send(batch).Should().Be(1000);
            batch.Clear();
            batch.Count.Should().Be(0);
        }

        for (var i = 0; i < 2000; i++)
        {
            receiver.TryReceive(_buffer, out var info, Limit, TestContext.Current.CancellationToken).Should().BeTrue();
            info.Length.Should().Be(60);
            BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(20)).Should().Be(i);
        }
    }

    [Fact]
    public void SendBatch_ThoseThatCannotBeSent_AreToldAndDoNotStopTheOthers()
    {
        using var sender = PacketSocket.Open(0, new() { EtherType = 0, NetworkNamespace = _pair.A });
        using var receiver = PacketSocket.Open(_pair.BIndex, new() { EtherType = TestEtherType, NetworkNamespace = _pair.B });
        var batch = new PacketSendBatch(5, 1700);
        batch.TryAdd(4_000_000, Frame(TestEtherType, 60));
        batch.TryAdd(_pair.AIndex, Frame(TestEtherType, 61));
        batch.TryAdd(_pair.AIndex, new byte[1700]);
        batch.TryAdd(_pair.AIndex, Frame(TestEtherType, 62));
        batch.TryAdd(4_000_000, Frame(TestEtherType, 60));

        sender.Send(batch).Should().Be(2);

        Enumerable.Range(0, 5).Select(batch.Error).Should().Equal(Errno.ENXIO, 0, Errno.EMSGSIZE, 0, Errno.ENXIO);
        foreach (var length in new[] { 61, 62 })
        {
            receiver.TryReceive(_buffer, out var info, Limit, TestContext.Current.CancellationToken).Should().BeTrue();
            info.Length.Should().Be(length);
        }
    }

    [Fact]
    public void SendBatch_CallersFaults()
    {
        ((Action)(() => _ = new PacketSendBatch(0, 60))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new PacketSendBatch(1025, 60))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _ = new PacketSendBatch(1, 13))).Should().Throw<ArgumentOutOfRangeException>();
        var batch = new PacketSendBatch(1, 60);
        ((Action)(() => batch.TryAdd(0, new byte[60]))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => batch.TryAdd(1, new byte[61]))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => batch.Error(0))).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Receive_VlanFrame_HasItsTagAgain()
    {
        using var sender = PacketSocket.Open(_pair.AIndex, new() { EtherType = 0, NetworkNamespace = _pair.A });
        using var receiver = PacketSocket.Open(_pair.BIndex, new() { NetworkNamespace = _pair.B, IgnoreOutgoing = true, Filter = OnlyTestFrames() });
        var frame = VlanFrame(0x8100, 0x6064);
        sender.Send(frame);
        receiver.TryReceive(_buffer, out var info, Limit, TestContext.Current.CancellationToken).Should().BeTrue();
        _buffer.AsSpan(0, info.Length).ToArray().Should().Equal(frame);
        info.VlanTagged.Should().BeTrue();
        info.EtherType.Should().Be(TestEtherType);
        info.OriginalLength.Should().Be(frame.Length);
    }

    [Fact]
    public void Receive_ServiceTag_KeepsItsTpid()
    {
        using var sender = PacketSocket.Open(_pair.AIndex, new() { EtherType = 0, NetworkNamespace = _pair.A });
        using var receiver = PacketSocket.Open(_pair.BIndex, new() { NetworkNamespace = _pair.B, IgnoreOutgoing = true, Filter = OnlyTestFrames() });
        var frame = VlanFrame(0x88a8, 0x0fa0);
        sender.Send(frame);
        receiver.TryReceive(_buffer, out var info, Limit, TestContext.Current.CancellationToken).Should().BeTrue();
        _buffer.AsSpan(0, info.Length).ToArray().Should().Equal(frame);
    }

    [Fact]
    public void Receive_OwnFrames_AreOutgoingUnlessIgnored()
    {
        using var sender = PacketSocket.Open(_pair.AIndex, new() { EtherType = 0, NetworkNamespace = _pair.A });
        using var all = PacketSocket.Open(_pair.AIndex, new() { NetworkNamespace = _pair.A, Filter = OnlyTestFrames() });
        using var incoming = PacketSocket.Open(_pair.AIndex, new() { NetworkNamespace = _pair.A, Filter = OnlyTestFrames(), IgnoreOutgoing = true });
        sender.Send(Frame(TestEtherType, 60));
        all.TryReceive(_buffer, out var info, Limit, TestContext.Current.CancellationToken).Should().BeTrue();
        info.Direction.Should().Be(PacketDirection.Outgoing);
        incoming.TryReceive(_buffer, out _, TimeSpan.Zero, TestContext.Current.CancellationToken).Should().BeFalse();
    }

    [Fact]
    public void Filter_RejectAllThenNone_TakesEffect()
    {
        using var sender = PacketSocket.Open(_pair.AIndex, new() { EtherType = 0, NetworkNamespace = _pair.A });
        using var receiver = PacketSocket.Open(_pair.BIndex, new() { EtherType = TestEtherType, NetworkNamespace = _pair.B, Filter = new[] { BpfInstruction.RejectAll } });
        using var witness = PacketSocket.Open(_pair.BIndex, new() { EtherType = TestEtherType, NetworkNamespace = _pair.B });
        sender.Send(Frame(TestEtherType, 60));
        witness.TryReceive(_buffer, out _, Limit, TestContext.Current.CancellationToken).Should().BeTrue();
        receiver.TryReceive(_buffer, out _, TimeSpan.Zero, TestContext.Current.CancellationToken).Should().BeFalse();
        receiver.SetFilter([]);
        sender.Send(Frame(TestEtherType, 60));
        receiver.TryReceive(_buffer, out _, Limit, TestContext.Current.CancellationToken).Should().BeTrue();
    }

    [Fact]
    public void Receive_BufferTooShort_SaysHowLongTheFrameWas()
    {
        using var sender = PacketSocket.Open(_pair.AIndex, new() { EtherType = 0, NetworkNamespace = _pair.A });
        using var receiver = PacketSocket.Open(_pair.BIndex, new() { EtherType = TestEtherType, NetworkNamespace = _pair.B, Timestamps = true });
        sender.Send(Frame(TestEtherType, 100));
        receiver.TryReceive(_buffer.AsSpan(0, 50), out var info, Limit, TestContext.Current.CancellationToken).Should().BeTrue();
        info.Length.Should().Be(50);
        info.OriginalLength.Should().Be(100);
        info.IsTruncated.Should().BeTrue();
        DateTimeOffset.FromUnixTimeMilliseconds(info.TimestampNanoseconds / 1_000_000).Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Statistics_FullBuffer_CountsDrops()
    {
        using var sender = PacketSocket.Open(_pair.AIndex, new() { EtherType = 0, NetworkNamespace = _pair.A });
        using var receiver = PacketSocket.Open(_pair.BIndex, new() { EtherType = TestEtherType, NetworkNamespace = _pair.B, ReceiveBuffer = 4096 });
        for (var i = 0; i < 100; i++)
        {
            sender.Send(Frame(TestEtherType, 1000));
        }

        using var stop = new CancellationTokenSource(Limit);
        uint received = 0, dropped = 0;
        while (received < 100)
        {
            stop.Token.ThrowIfCancellationRequested();
            var counts = receiver.ReadStatistics();
            received += counts.Received;
            dropped += counts.Dropped;
        }

        dropped.Should().BeInRange(1, 99);
    }

    [Fact]
    public void Receive_Cancelled_EndsTheWait()
    {
        using var receiver = PacketSocket.Open(_pair.BIndex, new() { EtherType = TestEtherType, NetworkNamespace = _pair.B });
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        FluentActions.Invoking(() => receiver.TryReceive(_buffer, out _, Timeout.InfiniteTimeSpan, stop.Token)).Should().Throw<OperationCanceledException>();
        receiver.TryReceive(_buffer, out _, TimeSpan.FromMilliseconds(20), CancellationToken.None).Should().BeFalse("the next wait is not woken by the last one");
    }

    [Fact]
    public void Receive_LinkGoesDown_IsAnError()
    {
        using var receiver = PacketSocket.Open(_pair.BIndex, new() { EtherType = TestEtherType, NetworkNamespace = _pair.B });
        using var client = new RtnetlinkClient(_pair.B);
        client.SetLinkDown(_pair.BIndex);
        FluentActions.Invoking(() => receiver.TryReceive(_buffer, out _, Limit, TestContext.Current.CancellationToken)).Should().Throw<LinuxException>()
            .Which.ErrorNumber.Should().Be(Errno.ENETDOWN);
    }

    [Fact]
    public void Send_TooLong_IsAnErrorWithTheLength()
    {
        using var sender = PacketSocket.Open(_pair.AIndex, new() { EtherType = 0, NetworkNamespace = _pair.A });
        FluentActions.Invoking(() => sender.Send(Frame(TestEtherType, 1700))).Should().Throw<LinuxException>()
            .Where(static e => e.ErrorNumber == Errno.EMSGSIZE && e.Message.Contains("1700", StringComparison.Ordinal));
        sender.TrySend(Frame(TestEtherType, 1700), out var error).Should().BeFalse();
        error.Should().Be(Errno.EMSGSIZE);
        sender.TrySend(Frame(TestEtherType, 60), out error).Should().BeTrue();
        error.Should().Be(0);
    }

    [Fact]
    public void Open_NoSuchLink_IsAnErrorAndLeaksNothing()
    {
        var before = Descriptors.Count();
        for (var i = 0; i < 20; i++)
        {
            FluentActions.Invoking(() => PacketSocket.Open(4_000_000, new() { NetworkNamespace = _pair.A })).Should().Throw<LinuxException>()
                .Which.ErrorNumber.Should().Be(Errno.ENODEV);
        }

        Descriptors.Count().Should().Be(before);
    }

    [Fact]
    public void SendAndReceive_Steady_AllocatesNothing()
    {
        using var sender = PacketSocket.Open(_pair.AIndex, new() { EtherType = 0, NetworkNamespace = _pair.A });
        using var receiver = PacketSocket.Open(_pair.BIndex, new() { EtherType = TestEtherType, NetworkNamespace = _pair.B });
        using var stop = new CancellationTokenSource();
        var frame = Frame(TestEtherType, 60);
        var received = 0;
        Allocations.Of(() => received = Exchange(500)).Should().Be(0);
        received.Should().Be(500);

        int Exchange(int count)
        {
            var good = 0;
            for (var i = 0; i < count; i++)
            {
                receiver.TryReceive(_buffer, out _, TimeSpan.FromTicks(1), stop.Token);
                sender.Send(frame);
                good += receiver.TryReceive(_buffer, out _, Limit, stop.Token) ? 1 : 0;
            }

            return good;
        }
    }

    private static byte[] Frame(ushort etherType, int length)
    {
        var frame = new byte[length];
        for (var i = 0; i < length; i++)
        {
            frame[i] = (byte)i;
        }

        LinkLayerAddress.Parse("02:00:5e:00:53:02").CopyTo(frame);
        LinkLayerAddress.Parse("02:00:5e:00:53:01").CopyTo(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), etherType);
        return frame;
    }

    private static byte[] VlanFrame(ushort tpid, ushort tci)
    {
        var inner = Frame(TestEtherType, 80);
        var frame = new byte[84];
        inner.AsSpan(0, 12).CopyTo(frame);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), tpid);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(14), tci);
        inner.AsSpan(12).CopyTo(frame.AsSpan(16));
        return frame;
    }

    // The test EtherType, with its tag taken off by the kernel or still in place: IPv6 chatter stays out.
    private static BpfInstruction[] OnlyTestFrames() =>
    [
        new(0x28, 0, 0, 12), // ldh [12]
        new(0x15, 2, 0, TestEtherType), // jeq
        new(0x28, 0, 0, 16), // ldh [16]
        new(0x15, 0, 1, TestEtherType),
        new(0x06, 0, 0, 0x40000), // ret whole frame
        BpfInstruction.RejectAll,
    ];
}
