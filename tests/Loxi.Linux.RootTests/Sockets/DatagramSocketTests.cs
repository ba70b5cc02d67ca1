using FluentAssertions;
using Loxi.Linux.Netlink;
using Loxi.Linux.Processes;
using Loxi.Linux.RootTests.Support;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;
using Xunit;

namespace Loxi.Linux.RootTests.Sockets;

public sealed class DatagramSocketTests : IDisposable
{
    private const int Port = 3784;
    private static readonly InternetAddress A4 = InternetAddress.Parse("192.0.2.1");
    private static readonly InternetAddress B4 = InternetAddress.Parse("192.0.2.2");
    private static readonly InternetAddress A6 = InternetAddress.Parse("2001:db8::1");
    private static readonly InternetAddress B6 = InternetAddress.Parse("2001:db8::2");

    private readonly VethPair _pair = new();
    private readonly DatagramReceiveBatch _batch = new(16, 64);

    public void Dispose() => _pair.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Receive_TellsAllThatWasAskedFor(bool isV6)
    {
        var (from, to) = isV6 ? (A6, B6) : (A4, B4);
        using var sender = DatagramSocket.Open(from, 50_000, new() { Ttl = 255, Dscp = 48, NetworkNamespace = _pair.A });
        using var receiver = DatagramSocket.Open(isV6 ? InternetAddress.IPv6Any : InternetAddress.IPv4Any, Port,
            new() { ReceiveTtl = true, ReceiveDestination = true, Timestamps = true, CountDropped = true, NetworkNamespace = _pair.B });
        sender.Connect(to, Port);
        var before = ClockReading.Now();

        sender.TrySend("hello"u8, out var error).Should().BeTrue();
        error.Should().Be(0);
        WaitFor(receiver, 1);

        ref readonly var info = ref _batch[0];
        _batch.Payload(0).ToArray().Should().Equal("hello"u8.ToArray());
        info.Source.Should().Be(from);
        info.SourcePort.Should().Be(50_000);
        info.Destination.Should().Be(to);
        info.InterfaceIndex.Should().Be(_pair.BIndex);
        info.Ttl.Should().Be(255);
        info.Length.Should().Be(5);
        info.IsTruncated.Should().BeFalse();
        info.TimestampNanoseconds.Should().BeInRange(before.Realtime, RealtimeClock.Nanoseconds);
        _batch.Dropped.Should().Be(0);
        ReceiveTimes.From(before).Next(ClockReading.Now()).ToMonotonic(info.TimestampNanoseconds).Should().BeInRange(before.Monotonic, MonotonicClock.Nanoseconds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Send_Dscp_IsOnTheWire(bool isV6)
    {
        using var wire = PacketSocket.Open(_pair.BIndex, new() { EtherType = isV6 ? (ushort)0x86dd : (ushort)0x0800, NetworkNamespace = _pair.B });
        using var sender = DatagramSocket.Open(isV6 ? A6 : A4, 0, new() { Ttl = 255, Dscp = 48, NetworkNamespace = _pair.A });
        sender.Connect(isV6 ? B6 : B4, Port);
        sender.TrySend("x"u8, out _).Should().BeTrue();
        var frame = new byte[2048];

        do
        {
            wire.TryReceive(frame, out _, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken).Should().BeTrue();
        }
        while (frame[isV6 ? 20 : 23] != 17); // neighbour discovery comes before

        var trafficClass = isV6 ? ((frame[14] << 4) | (frame[15] >> 4)) & 0xff : frame[15];
        trafficClass.Should().Be(48 << 2);
    }

    [Fact]
    public void Receive_LinkLocal_IsBoundToItsLink()
    {
        _pair.InA("addr add fe80::1/64 dev a0 nodad");
        _pair.InB("addr add fe80::2/64 dev b0 nodad");
        using var sender = DatagramSocket.Open(InternetAddress.Parse("fe80::1"), 0, new() { InterfaceIndex = _pair.AIndex, NetworkNamespace = _pair.A });
        using var receiver = DatagramSocket.Open(InternetAddress.IPv6Any, Port, new() { ReceiveDestination = true, NetworkNamespace = _pair.B });
        sender.Connect(InternetAddress.Parse("fe80::2"), Port);

        sender.TrySend("x"u8, out _).Should().BeTrue();
        WaitFor(receiver, 1);

        _batch[0].Source.Should().Be(InternetAddress.Parse("fe80::1"));
        _batch[0].InterfaceIndex.Should().Be(_pair.BIndex);
        FluentActions.Invoking(() => DatagramSocket.Open(InternetAddress.Parse("fe80::1"), 0, new() { NetworkNamespace = _pair.A })).Should().Throw<LinuxException>()
            .WithMessage("*fe80::1*");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SendBatch_EachDatagramHasItsOwnTargetSourceAndTtl(bool isV6)
    {
        _pair.InA("addr add 192.0.2.11/24 dev a0");
        _pair.InA("addr add 2001:db8::11/64 dev a0 nodad");
        var second = InternetAddress.Parse(isV6 ? "2001:db8::11" : "192.0.2.11");
        var (from, to) = isV6 ? (A6, B6) : (A4, B4);
        using var sender = DatagramSocket.Open(isV6 ? InternetAddress.IPv6Any : InternetAddress.IPv4Any, 0, new() { Ttl = 255, NetworkNamespace = _pair.A });
        using var receiver = DatagramSocket.Open(to, Port, new() { ReceiveTtl = true, NetworkNamespace = _pair.B });
        using var other = DatagramSocket.Open(to, Port + 1, new() { NetworkNamespace = _pair.B });
        var batch = new DatagramSendBatch(4, 16);
        batch.TryAdd(new(to, Port, from), "one"u8).Should().BeTrue();
        batch.TryAdd(new(to, Port, second, _pair.AIndex, 7), "three"u8).Should().BeTrue();
        batch.TryAdd(new(to, Port + 1), "x"u8).Should().BeTrue();
        batch.TryAdd(new(to, Port), ""u8).Should().BeTrue();
        batch.TryAdd(new(to, Port), "no room"u8).Should().BeFalse();

        sender.Send(batch).Should().Be(4);

        WaitFor(other, 1);
        WaitFor(receiver, 3);
        _batch.Payload(0).ToArray().Should().Equal("one"u8.ToArray());
        (_batch[0].Source, _batch[0].Ttl).Should().Be((from, 255));
        _batch.Payload(1).ToArray().Should().Equal("three"u8.ToArray());
        (_batch[1].Source, _batch[1].Ttl).Should().Be((second, 7));
        _batch[2].Length.Should().Be(0);
        batch.Error(3).Should().Be(0);
        FluentActions.Invoking(() => batch.TryAdd(new(to, 0), "x"u8)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => batch.TryAdd(new(to, 1), new byte[17])).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void SendBatch_OneWithoutRoute_DoesNotStopTheOthers()
    {
        using var sender = DatagramSocket.Open(InternetAddress.IPv4Any, 0, new() { NetworkNamespace = _pair.A });
        using var receiver = DatagramSocket.Open(B4, Port, new() { NetworkNamespace = _pair.B });
        var batch = new DatagramSendBatch(3, 16);
        batch.TryAdd(new(B4, Port), "one"u8);
        batch.TryAdd(new(InternetAddress.Parse("198.51.100.1"), Port), "lost"u8);
        batch.TryAdd(new(B4, Port), "two"u8);

        sender.Send(batch).Should().Be(2);

        (batch.Error(0), batch.Error(1), batch.Error(2)).Should().Be((0, Errno.ENETUNREACH, 0));
        WaitFor(receiver, 2);
        _batch.Payload(1).ToArray().Should().Equal("two"u8.ToArray());
        FluentActions.Invoking(() => sender.Connect(InternetAddress.Parse("198.51.100.1"), Port)).Should().Throw<LinuxException>().WithMessage("*198.51.100.1:3784*")
            .Which.ErrorNumber.Should().Be(Errno.ENETUNREACH);
        batch.Clear();
        batch.Count.Should().Be(0);
    }

    [Fact]
    public void Connect_FromAny_TakesTheSourceOfTheRoute()
    {
        using var sender = DatagramSocket.Open(InternetAddress.IPv4Any, 0, new() { NetworkNamespace = _pair.A });

        sender.Connect(B4, Port);

        sender.LocalAddress.Should().Be(A4);
        var port = sender.LocalPort;
        port.Should().BePositive();
        sender.Disconnect();
        sender.LocalAddress.Should().Be(InternetAddress.IPv4Any);
        sender.LocalPort.Should().Be(port, "the port stays");
        sender.Connect(B4, Port);
        sender.LocalAddress.Should().Be(A4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void IcmpErrors_AreCountedAndStopNeitherSendingNorReceiving(bool isV6)
    {
        using var socket = DatagramSocket.Open(isV6 ? A6 : A4, 50_000, new() { NetworkNamespace = _pair.A });
        using var poller = new SocketPoller();
        poller.Add(socket);
        socket.Connect(isV6 ? B6 : B4, Port);
        socket.TrySend("nobody listens"u8, out _).Should().BeTrue();
        poller.Wait(In(5_000)).Should().BeTrue("the error comes back");

        socket.Receive(_batch).Should().Be(0);
        (socket.NetworkErrors, socket.LastNetworkError).Should().Be((1, Errno.ECONNREFUSED));

        socket.TrySend("again"u8, out _).Should().BeTrue();
        poller.Wait(In(5_000)).Should().BeTrue("the error comes back");
        using var peer = DatagramSocket.Open(isV6 ? B6 : B4, Port, new() { NetworkNamespace = _pair.B });
        socket.TrySend("now"u8, out var error).Should().BeTrue("the pending error is passed over");
        error.Should().Be(0);
        socket.NetworkErrors.Should().Be(2);
        WaitFor(peer, 1);
        _batch.Payload(0).ToArray().Should().Equal("now"u8.ToArray());
    }

    [Fact]
    public void TrySend_NoWay_SaysWhy()
    {
        using var socket = DatagramSocket.Open(A4, 0, new() { NetworkNamespace = _pair.A });
        socket.Connect(B4, Port);
        _pair.InA("link set a0 down");

        socket.TrySend("x"u8, out var error).Should().BeFalse();

        error.Should().BeOneOf(Errno.ENETUNREACH, Errno.ENETDOWN, Errno.EHOSTUNREACH, Errno.EINVAL);
    }

    [Fact]
    public void Receive_LongDatagram_SaysHowLongItWas()
    {
        using var sender = DatagramSocket.Open(A4, 0, new() { NetworkNamespace = _pair.A });
        using var receiver = DatagramSocket.Open(B4, Port, new() { NetworkNamespace = _pair.B });
        sender.Connect(B4, Port);
        sender.TrySend(new byte[1224], out _).Should().BeTrue();
        sender.TrySend(new byte[3], out _).Should().BeTrue();

        WaitFor(receiver, 2);

        (_batch[0].Length, _batch[0].OriginalLength, _batch[0].IsTruncated).Should().Be((64, 1224, true));
        (_batch[1].Length, _batch[1].OriginalLength, _batch[1].IsTruncated).Should().Be((3, 3, false));
        _batch[0].Ttl.Should().Be(-1, "it was not asked for");
        FluentActions.Invoking(() => _batch.Payload(2)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Overflow_IsCountedByTheNextDatagramAndByTheMemory()
    {
        using var sender = DatagramSocket.Open(A4, 0, new() { NetworkNamespace = _pair.A });
        using var receiver = DatagramSocket.Open(B4, Port, new() { ReceiveBuffer = 8192, CountDropped = true, NetworkNamespace = _pair.B });
        sender.Connect(B4, Port);
        var sent = Flood(sender, receiver, 100);
        uint received = 0;
        for (int count; (count = receiver.Receive(_batch)) > 0;)
        {
            received += (uint)count;
            _batch.Dropped.Should().Be(0, "what waits was queued before the loss");
        }

        sender.TrySend("after"u8, out _).Should().BeTrue();
        WaitFor(receiver, 1);

        var memory = receiver.ReadMemory();
        received.Should().BeInRange(1, 99);
        memory.Dropped.Should().Be(sent - received);
        memory.QueuedBytes.Should().Be(0);
        memory.Limit.Should().Be((uint)receiver.ReceiveBuffer);
        _batch.Dropped.Should().Be(memory.Dropped);
    }

    [Fact]
    public void Filter_SeesTheUdpHeaderAndCanBeReplaced()
    {
        var onlyShort = new BpfProgramBuilder();
        var isLong = onlyShort.NewLabel();
        onlyShort.LoadHalf(4).JumpIf(BpfComparison.Greater, 8 + 4, isLong, null).Return(uint.MaxValue).Mark(isLong).Return(0);
        using var sender = DatagramSocket.Open(A4, 0, new() { NetworkNamespace = _pair.A });
        using var receiver = DatagramSocket.Open(B4, Port, new() { Filter = onlyShort.Build(), NetworkNamespace = _pair.B });
        sender.Connect(B4, Port);
        sender.TrySend("longer"u8, out _).Should().BeTrue();
        sender.TrySend("four"u8, out _).Should().BeTrue();

        WaitFor(receiver, 1);

        _batch.Payload(0).ToArray().Should().Equal("four"u8.ToArray());
        receiver.ReadMemory().Dropped.Should().Be(1, "what a filter refuses counts as dropped");
        receiver.SetFilter([]);
        sender.TrySend("longer"u8, out _).Should().BeTrue();
        WaitFor(receiver, 1);
        FluentActions.Invoking(() => receiver.SetFilter(new BpfInstruction[4097])).Should().Throw<ArgumentException>().WithMessage("*4097*");
        FluentActions.Invoking(() => receiver.SetFilter([new(0xffff, 0, 0, 0)])).Should().Throw<LinuxException>().Which.ErrorNumber.Should().Be(Errno.EINVAL);
    }

    [Fact]
    public void Open_PortInUse_NamesAddressAndPort()
    {
        using var first = DatagramSocket.Open(InternetAddress.IPv4Any, Port, new() { NetworkNamespace = _pair.A });

        FluentActions.Invoking(() => DatagramSocket.Open(A4, Port, new() { NetworkNamespace = _pair.A })).Should().Throw<LinuxException>()
            .WithMessage("*192.0.2.1:3784*").Which.ErrorNumber.Should().Be(Errno.EADDRINUSE);
        using var v6 = DatagramSocket.Open(InternetAddress.IPv6Any, Port, new() { NetworkNamespace = _pair.A });
    }

    [Fact]
    public void Open_WrongAddressLinkOrOption_IsAnErrorAndLeaksNothing()
    {
        var before = Descriptors.Count();

        FluentActions.Invoking(() => DatagramSocket.Open(B4, Port, new() { NetworkNamespace = _pair.A })).Should().Throw<LinuxException>()
            .WithMessage("*192.0.2.2:3784*").Which.ErrorNumber.Should().Be(Errno.EADDRNOTAVAIL);
        FluentActions.Invoking(() => DatagramSocket.Open(A4, Port, new() { InterfaceIndex = 4_000_000, NetworkNamespace = _pair.A })).Should().Throw<LinuxException>()
            .WithMessage("*4000000*").Which.ErrorNumber.Should().Be(Errno.ENODEV);
        FluentActions.Invoking(() => DatagramSocket.Open(A4, 65_536)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => DatagramSocket.Open(A4, 1, new() { Ttl = 256 })).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => DatagramSocket.Open(A4, 1, new() { Dscp = 64 })).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => DatagramSocket.Open(default, 1)).Should().Throw<ArgumentException>();

        Descriptors.Count().Should().Be(before);
    }

    [Fact]
    public void Open_OnOneLink_HearsOnlyThat()
    {
        _pair.InB("addr add 198.51.100.2/32 dev lo");
        _pair.InA("route add 198.51.100.2/32 via 192.0.2.2");
        using var client = new RtnetlinkClient(_pair.B);
        using var sender = DatagramSocket.Open(A4, 0, new() { NetworkNamespace = _pair.A });
        using var elsewhere = DatagramSocket.Open(InternetAddress.IPv4Any, Port, new() { InterfaceIndex = client.GetLink("lo").Index, NetworkNamespace = _pair.B });
        using var here = DatagramSocket.Open(InternetAddress.IPv4Any, Port, new() { InterfaceIndex = _pair.BIndex, NetworkNamespace = _pair.B });
        sender.Connect(InternetAddress.Parse("198.51.100.2"), Port);
        sender.TrySend("x"u8, out _).Should().BeTrue();

        WaitFor(here, 1);

        elsewhere.Receive(_batch).Should().Be(0);
    }

    [Fact]
    public void ReceiveBuffer_WithoutPrivilege_IsTheSystemsLimitAndSaysSo()
    {
        var limit = int.Parse(File.ReadAllText("/proc/sys/net/core/rmem_max"), System.Globalization.CultureInfo.InvariantCulture);
        var options = new DatagramSocketOptions { ReceiveBuffer = limit * 2 };

        using var forced = DatagramSocket.Open(InternetAddress.Parse("127.0.0.1"), 0, options);
        using var limited = Unprivileged.Run(() => DatagramSocket.Open(InternetAddress.Parse("127.0.0.1"), 0, options), Capability.NetAdmin);
        using var enough = Unprivileged.Run(() => DatagramSocket.Open(InternetAddress.Parse("127.0.0.1"), 0, options with { ReceiveBuffer = limit }), Capability.NetAdmin);

        (forced.ReceiveBuffer, forced.IsReceiveBufferLimited).Should().Be((limit * 4, false));
        (limited.ReceiveBuffer, limited.IsReceiveBufferLimited).Should().Be((limit * 2, true));
        enough.IsReceiveBufferLimited.Should().BeFalse();
    }

    [Fact]
    public void SendAndReceive_Steady_AllocatesNothing()
    {
        using var sender = DatagramSocket.Open(A4, 0, new() { NetworkNamespace = _pair.A });
        using var receiver = DatagramSocket.Open(B4, Port, new() { ReceiveTtl = true, ReceiveDestination = true, Timestamps = true, CountDropped = true, NetworkNamespace = _pair.B });
        using var poller = new SocketPoller();
        poller.Add(receiver);
        sender.Connect(B4, Port);
        var batch = new DatagramSendBatch(4, 64);
        var payload = new byte[24];
        var received = 0;

        Allocations.Of(() => received = Exchange(200)).Should().Be(0);

        received.Should().Be(1000);

        int Exchange(int rounds)
        {
            var count = 0;
            for (var round = 0; round < rounds; round++)
            {
                poller.Wait(0);
                batch.Clear();
                for (var i = 0; i < 4; i++)
                {
                    batch.TryAdd(new(B4, Port, A4, 0, 255), payload);
                }

                sender.Send(batch);
                sender.TrySend(payload, out _);
                for (var target = count + 5; count < target;)
                {
                    poller.Wait(In(5_000));
                    var got = receiver.Receive(_batch);
                    for (var i = 0; i < got; i++)
                    {
                        count += _batch[i].Ttl > 0 && _batch.Payload(i).Length == 24 ? 1 : 0;
                    }
                }
            }

            return count;
        }
    }

    private static long In(int milliseconds) => MonotonicClock.Nanoseconds + (milliseconds * 1_000_000L);

    /// <summary>Sends until the receiver has lost some; nothing is read meanwhile.</summary>
    private static uint Flood(DatagramSocket sender, DatagramSocket receiver, uint count)
    {
        for (var i = 0; i < count; i++)
        {
            sender.TrySend(new byte[24], out _).Should().BeTrue();
        }

        // veth delivers in the context of the sender, or of its softirq thread a moment later.
        var limit = In(5_000);
        while (receiver.ReadMemory().Dropped < count / 2 && MonotonicClock.Nanoseconds < limit)
        {
            Thread.Yield();
        }

        return count;
    }

    private void WaitFor(DatagramSocket socket, int count)
    {
        using var poller = new SocketPoller();
        poller.Add(socket);
        var limit = In(5_000);
        SpinWait.SpinUntil(() => Ready(), TimeSpan.FromSeconds(5)).Should().BeTrue($"{count} datagrams come");
        socket.Receive(_batch).Should().Be(count);

        // All of them, so that one receive takes them together.
        bool Ready() => poller.Wait(limit) && socket.ReadMemory().QueuedBytes >= (uint)count * 512;
    }
}
