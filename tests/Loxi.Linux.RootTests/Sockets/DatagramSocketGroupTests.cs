using FluentAssertions;
using Loxi.Linux.RootTests.Support;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;
using Xunit;

namespace Loxi.Linux.RootTests.Sockets;

public sealed class DatagramSocketGroupTests : IDisposable
{
    private const int Port = 3784;
    private static readonly InternetAddress A4 = InternetAddress.Parse("192.0.2.1");
    private static readonly InternetAddress B4 = InternetAddress.Parse("192.0.2.2");

    private readonly VethPair _pair = new();
    private readonly DatagramReceiveBatch _batch = new(16, 64);

    public void Dispose() => _pair.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Selector_DividesByThePayloadAndTheIpHeader(bool isV6)
    {
        using var group = Open(isV6);
        using var sender = Sender(isV6);
        group.SetSelector(ByFirstByteAndTtl(isV6));

        sender.TrySend([1], out _).Should().BeTrue();
        sender.TrySend([0], out _).Should().BeTrue();
        sender.TrySend([1, 9], out _).Should().BeTrue();
        WaitFor(group.Sockets[1], 2);
        WaitFor(group.Sockets[0], 1);

        using var near = Sender(isV6, ttl: 64);
        near.TrySend([1], out _).Should().BeTrue();
        WaitFor(group.Sockets[2], 1);
        group.Sockets.Should().OnlyContain(s => s.Receive(_batch) == 0);
    }

    [Fact]
    public void Flood_OfOneKind_LeavesTheOthersAlone()
    {
        using var group = Open(false);
        using var sender = Sender(false);
        group.SetSelector(ByFirstByteAndTtl(false));
        var before = group.Sockets[0].ReadMemory().Dropped;

        for (var i = 0; i < 500; i++)
        {
            sender.TrySend([1], out _);
        }

        sender.TrySend([0], out _).Should().BeTrue();
        WaitFor(group.Sockets[0], 1);
        group.Sockets[0].ReadMemory().Dropped.Should().Be(before);
        group.Sockets[1].ReadMemory().Dropped.Should().BePositive();
    }

    [Fact]
    public void Selector_IsReplacedAndBeforeTheFirstNothingIsQueued()
    {
        using var group = Open(false);
        using var sender = Sender(false);
        using var poller = new SocketPoller();
        sender.TrySend([0], out _).Should().BeTrue();
        SpinWait.SpinUntil(() => group.Sockets.Sum(s => s.ReadMemory().Dropped) == 1, TimeSpan.FromSeconds(5)).Should().BeTrue();

        group.SetSelector([new(0x06, 0, 0, 2)]);
        sender.TrySend([0], out _).Should().BeTrue();
        WaitFor(group.Sockets[2], 1);
        group.SetSelector([new(0x06, 0, 0, 1)]);
        sender.TrySend([0], out _).Should().BeTrue();
        WaitFor(group.Sockets[1], 1);

        FluentActions.Invoking(() => group.SetSelector([])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => group.SetSelector([new(0xffff, 0, 0, 0)])).Should().Throw<LinuxException>().Which.ErrorNumber.Should().Be(Errno.EINVAL);
    }

    [Fact]
    public void Open_PortOfAnotherGroup_IsInUseAndLeaksNothing()
    {
        using var group = Open(false);
        group.SetSelector([new(0x06, 0, 0, 0)]);
        var before = Descriptors.Count();

        FluentActions.Invoking(() => Open(false)).Should().Throw<LinuxException>().WithMessage("*0.0.0.0:3784*").Which.ErrorNumber.Should().Be(Errno.EADDRINUSE);
        FluentActions.Invoking(() => DatagramSocket.Open(B4, Port, new() { NetworkNamespace = _pair.B })).Should().Throw<LinuxException>().Which.ErrorNumber.Should().Be(Errno.EADDRINUSE);
        FluentActions.Invoking(() => DatagramSocketGroup.Open(B4, Port + 1)).Should().Throw<ArgumentException>();

        Descriptors.Count().Should().Be(before);
        using var v6 = Open(true);
    }

    private DatagramSocketGroup Open(bool isV6) => DatagramSocketGroup.Open(isV6 ? InternetAddress.IPv6Any : InternetAddress.IPv4Any, Port,
        new DatagramSocketOptions { NetworkNamespace = _pair.B }, new() { ReceiveBuffer = 4096 }, new());

    private DatagramSocket Sender(bool isV6, int ttl = 255)
    {
        var socket = DatagramSocket.Open(isV6 ? InternetAddress.Parse("2001:db8::1") : A4, 0, new() { Ttl = ttl, NetworkNamespace = _pair.A });
        socket.Connect(isV6 ? InternetAddress.Parse("2001:db8::2") : B4, Port);
        return socket;
    }

    /// <summary>Socket 2 for a TTL other than 255, else the number in the first byte.</summary>
    private static BpfInstruction[] ByFirstByteAndTtl(bool isV6)
    {
        var builder = new BpfProgramBuilder();
        var (far, zero) = (builder.NewLabel(), builder.NewLabel());
        builder.LoadByte(BpfProgramBuilder.NetworkHeader + (isV6 ? 7u : 8u)).JumpIf(BpfComparison.Equal, 255, null, far)
            .LoadByte(0).JumpIf(BpfComparison.Equal, 0, zero, null).Return(1)
            .Mark(far).Return(2)
            .Mark(zero).Return(0);
        return builder.Build();
    }

    private void WaitFor(DatagramSocket socket, int count)
    {
        using var poller = new SocketPoller();
        poller.Add(socket);
        for (var left = count; left > 0;)
        {
            poller.Wait(MonotonicClock.Nanoseconds + 5_000_000_000).Should().BeTrue($"{count} datagrams come");
            left -= socket.Receive(_batch);
            left.Should().BeGreaterThanOrEqualTo(0);
        }
    }
}
