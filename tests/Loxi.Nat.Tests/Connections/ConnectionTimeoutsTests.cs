using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Xunit;

namespace Loxi.Nat.Tests.Connections;

public sealed class ConnectionTimeoutsTests
{
    [Theory]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Init, 240)]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.InitAck, 240)]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Cookie, 240)]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Established, 7440)]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Shutdown, 240)]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Closing, 60)]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Reset, 10)]
    [InlineData(ServiceProtocol.Tcp, ConnectionState.Established, 7440)]
    [InlineData(ServiceProtocol.Tcp, ConnectionState.Closing, 240)]
    [InlineData(ServiceProtocol.Tcp, ConnectionState.Reset, 10)]
    [InlineData(ServiceProtocol.Udp, ConnectionState.OneWay, 120)]
    [InlineData(ServiceProtocol.Udp, ConnectionState.TwoWay, 300)]
    [InlineData(ServiceProtocol.Icmp, ConnectionState.OneWay, 60)]
    public void Default_IsThatOfTheState(ServiceProtocol protocol, ConnectionState state, int seconds) =>
        new ConnectionTimeouts().For(protocol, state, TimeSpan.Zero).Should().Be(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Established, 30)]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Cookie, 240)]
    [InlineData(ServiceProtocol.Udp, ConnectionState.OneWay, 30)]
    public void TimeoutOfTheService_IsForWhatIsOpen(ServiceProtocol protocol, ConnectionState state, int seconds) =>
        new ConnectionTimeouts().For(protocol, state, TimeSpan.FromSeconds(30)).Should().Be(TimeSpan.FromSeconds(seconds));
}
