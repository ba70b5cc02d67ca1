using FluentAssertions;
using Loxi.Linux.Netlink;
using Loxi.Linux.Netlink.Wire;
using Xunit;

namespace Loxi.Linux.Tests.Netlink.Wire;

public sealed class WireTests
{
    [Fact]
    public void Writer_BufferTooSmall_IsReported() =>
        FluentActions.Invoking(static () =>
        {
            var writer = new NetlinkWriter(new byte[20], Nl.NewAddr, 0);
            writer.Attribute(1, 1u);
        }).Should().Throw<NetlinkException>().Which.ErrorNumber.Should().Be(Errno.EMSGSIZE);

    [Fact]
    public void Deliver_TwoMessagesInOneDatagram_AreTwoEventsInOrder()
    {
        var kinds = new List<NetworkChangeKind>();
        byte[] both = [.. Golden.NewNeighbour4, .. Golden.NewRoute4];
        RtnetlinkMonitor.Deliver(both, (in change) => kinds.Add(change.Kind));
        kinds.Should().Equal(NetworkChangeKind.Neighbour, NetworkChangeKind.Route);
    }

    [Theory]
    [InlineData(Nl.NewFilter, 7u, NetworkChangeAction.Changed, 7)]
    [InlineData(Nl.DelFilter, 7u, NetworkChangeAction.Removed, 7)]
    [InlineData(Nl.DelFilter, 0xffffffff, NetworkChangeAction.Removed, 0)]
    [InlineData(Nl.NewQdisc, 7u, NetworkChangeAction.Changed, 7)]
    [InlineData(Nl.DelQdisc, 7u, NetworkChangeAction.Removed, 7)]
    public void Deliver_TrafficControl_NamesItsInterface(int type, uint index, NetworkChangeAction action, int expected)
    {
        // struct tcmsg: family, padding, interface, handle, parent, info.
        var message = new byte[Nl.HeaderSize + 20];
        BitConverter.TryWriteBytes(message, message.Length);
        BitConverter.TryWriteBytes(message.AsSpan(4), (ushort)type);
        BitConverter.TryWriteBytes(message.AsSpan(Nl.HeaderSize + 4), index);
        var seen = new List<NetworkChange>();
        RtnetlinkMonitor.Deliver(message, (in change) => seen.Add(change));

        seen.Should().Equal(new NetworkChange { Kind = NetworkChangeKind.TrafficControl, Action = action, TrafficControlInterface = expected });
        BitConverter.TryWriteBytes(message, message.Length - 4);
        FluentActions.Invoking(() => RtnetlinkMonitor.Deliver(message.AsSpan(0, message.Length - 4), static (in _) => { })).Should().Throw<NetlinkException>();
    }

    [Fact]
    public void Deliver_BridgePortMessage_IsNotAboutTheLink()
    {
        var message = (byte[])Golden.NewLink.Clone();
        message[Nl.HeaderSize] = 7; // AF_BRIDGE
        var count = 0;
        RtnetlinkMonitor.Deliver(message, (in _) => count++);
        count.Should().Be(0);
    }

    [Fact]
    public void Deliver_NeighbourEvents_AllocatesNothing()
    {
        var count = 0;
        NetworkChangeHandler handler = (in _) => count++;

        var allocated = Allocations.Of(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                RtnetlinkMonitor.Deliver(Golden.NewNeighbour6, handler);
            }
        });

        allocated.Should().Be(0);
        count.Should().BeGreaterThan(1000);
    }

    [Fact]
    public void Done_Bare_IsSuccess() => AckCodec.Parse(new NetlinkMessage(Nl.Done, 0, 1, default), out _).Should().Be(0);

    [Fact]
    public void Error_PositiveNumber_IsReported() =>
        FluentActions.Invoking(static () => AckCodec.Parse(new NetlinkMessage(Nl.Error, 0, 1, new byte[] { 1, 0, 0, 0 }), out _))
            .Should().Throw<NetlinkException>();
}
