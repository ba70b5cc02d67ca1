using System.Net;
using System.Net.Sockets;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Tests.Transport.Support;

/// <summary>The other end of a connection as a plain socket: sends any octets, reads whole messages.</summary>
internal sealed class RawPeer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;

    private RawPeer(Socket socket) => _socket = socket;

    public Socket Socket => _socket;

    public static async Task<RawPeer> ConnectAsync(string from, IPEndPoint to)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(to);
        return new RawPeer(socket);
    }

    /// <summary>Null when the connection is reset before it is told to have been made.</summary>
    public static async Task<RawPeer?> TryConnectAsync(string from, IPEndPoint to)
    {
        try
        {
            return await ConnectAsync(from, to);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset)
        {
            return null;
        }
    }

    /// <summary>Whether nothing but a reset comes.</summary>
    public static async Task<bool> IsResetAsync(string from, IPEndPoint to)
    {
        using var peer = await TryConnectAsync(from, to);
        try
        {
            if (peer is not null)
            {
                await peer.ReadAsync(1);
            }

            return peer is null;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset)
        {
            return true;
        }
    }

    public static async Task<RawPeer> AcceptAsync(Socket listener)
    {
        using var limit = new CancellationTokenSource(Patience);
        return new RawPeer(await listener.AcceptAsync(limit.Token));
    }

    public async Task SendAsync(params byte[][] messages)
    {
        foreach (var message in messages)
        {
            await _socket.SendAsync(message);
        }
    }

    /// <summary>The next message; null at the end of the stream. A reset is an exception.</summary>
    public async Task<byte[]?> ReadAsync()
    {
        var header = await ReadAsync(MessageHeader.Size);
        if (header is null)
        {
            return null;
        }

        var length = (header[16] << 8) | header[17];
        var body = length == MessageHeader.Size ? [] : await ReadAsync(length - MessageHeader.Size);
        return body is null ? null : [.. header, .. body];
    }

    /// <summary>Reads until a message of the type.</summary>
    public async Task<byte[]> ReadUntilAsync(MessageType type)
    {
        while (true)
        {
            var message = await ReadAsync() ?? throw new EndOfStreamException($"The connection ended before a message of type {type}.");
            if (message[18] == (byte)type)
            {
                return message;
            }
        }
    }

    /// <summary>The NOTIFICATION that comes next among other messages, as "code/subcode", and that nothing comes after it.</summary>
    public async Task<string> ReadNotificationAsync()
    {
        var message = await ReadUntilAsync(MessageType.Notification);
        return await ReadAsync() is null ? $"{message[19]}/{message[20]}" : throw new InvalidOperationException("There is something after the NOTIFICATION.");
    }

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]?> ReadAsync(int length)
    {
        using var limit = new CancellationTokenSource(Patience);
        var buffer = new byte[length];
        for (var have = 0; have < length;)
        {
            var read = await _socket.ReceiveAsync(buffer.AsMemory(have), SocketFlags.None, limit.Token);
            if (read == 0)
            {
                return null;
            }

            have += read;
        }

        return buffer;
    }
}
