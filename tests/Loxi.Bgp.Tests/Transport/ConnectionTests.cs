using System.Buffers;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Transport;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Transport;

/// <summary>One connection and its owner.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task LastWords_PostedWhileTheWriteLoopLooksForOutput_AreSent()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var accepting = RawPeer.AcceptAsync(listener);
        await socket.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        using var peer = await accepting;
        var owner = new Owner();
        var connection = owner.Connection = new BgpConnection(1, socket, owner, TimeProvider.System);
        connection.AllowOutput(true);
        connection.Start();

        (await peer.ReadNotificationAsync()).Should().Be("1/3");
        peer.Dispose();
        await connection.Completion;
    }

    /// <summary>While it is asked for output another thread ends the session.</summary>
    private sealed class Owner : IConnectionOwner
    {
        internal BgpConnection? Connection { get; set; }

        public void Received(BgpConnection connection, ref ReadOnlySequence<byte> buffer) => buffer = buffer.Slice(buffer.End);

        public int TakeOutput(Span<byte> buffer)
        {
            var ending = new Thread(() =>
            {
                Connection!.Post(Messages.Notification(BgpErrorCode.MessageHeader, 3));
                Connection.Close();
            });
            ending.Start();
            SpinWait.SpinUntil(() => Connection!.IsClosing);
            return 0;
        }

        public void Ended(BgpConnection connection, string reason)
        {
        }

        public void Failed(BgpConnection connection, Exception exception) => throw new InvalidOperationException("It must not fail.", exception);
    }
}
