using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Loxi.TestKit.Packets;

namespace Loxi.TestKit.Traffic;

/// <summary>Transfers of many bytes over one connection to a <see cref="HttpServer"/>, verified byte by byte.</summary>
public static class BulkTransfer
{
    private const int BufferSize = 1 << 18;

    /// <summary>Fetches <paramref name="bytes"/> bytes.</summary>
    /// <exception cref="InvalidDataException">The content or the length was not what the server has.</exception>
    public static async Task<BulkResult> DownloadAsync(ISocketSource source, IPEndPoint target, long bytes, TimeSpan? timeout = null)
    {
        using var limit = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(60));
        using var socket = await ConnectAsync(source, target, limit.Token);
        var started = Stopwatch.GetTimestamp();
        await SendAsync(socket, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"GET /bytes/{bytes} HTTP/1.1\r\nConnection: close\r\n\r\n")), limit.Token);
        var reader = new HttpReader(socket, BufferSize);
        var head = await HeadAsync(reader, limit.Token);
        if (head.ContentLength != bytes)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"download: {head.ContentLength} bytes announced, {bytes} asked for"));
        }

        await reader.ReadBodyAsync(
            bytes,
            (at, piece) =>
            {
                var difference = TestPattern.FirstDifference(at, piece.Span);
                if (difference >= 0)
                {
                    throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"download: byte {difference} of {bytes} is wrong"));
                }
            },
            limit.Token);
        return new BulkResult(head.Headers.GetValueOrDefault("Server", "?"), bytes, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Sends <paramref name="bytes"/> bytes and compares the checksum that the server computed.</summary>
    /// <exception cref="InvalidDataException">The server received something else.</exception>
    public static async Task<BulkResult> UploadAsync(ISocketSource source, IPEndPoint target, long bytes, TimeSpan? timeout = null)
    {
        using var limit = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(60));
        using var socket = await ConnectAsync(source, target, limit.Token);
        var started = Stopwatch.GetTimestamp();
        await SendAsync(socket, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"POST /upload HTTP/1.1\r\nContent-Length: {bytes}\r\nConnection: close\r\n\r\n")), limit.Token);
        var state = uint.MaxValue;
        for (long at = 0; at < bytes;)
        {
            var piece = TestPattern.Slice(at, bytes - at);
            await SendAsync(socket, piece, limit.Token);
            state = Checksum.Crc32C(state, piece.Span);
            at += piece.Length;
        }

        var reader = new HttpReader(socket);
        var head = await HeadAsync(reader, limit.Token);
        var answer = await reader.ReadTextAsync(head.ContentLength, limit.Token);
        var expected = string.Create(CultureInfo.InvariantCulture, $"{bytes} {~state:x8}");
        return answer.Split(' ', 3) is [var server, _, var received] && received == expected
            ? new BulkResult(server, bytes, Stopwatch.GetElapsedTime(started))
            : throw new InvalidDataException($"upload: the server answered '{answer}', expected '{expected}'");
    }

    private static async Task<Socket> ConnectAsync(ISocketSource source, IPEndPoint target, CancellationToken cancellation)
    {
        var socket = source.CreateSocket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(target, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<HttpHead> HeadAsync(HttpReader reader, CancellationToken cancellation)
    {
        var head = await reader.ReadHeadAsync(cancellation) ?? throw new EndOfStreamException("closed before the answer");
        return head.Status == 200 ? head : throw new InvalidDataException($"'{head.FirstLine}': expected 200");
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellation)..];
        }
    }
}
