using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Loxi.TestKit.Packets;

namespace Loxi.TestKit.Traffic;

/// <summary>
/// A small HTTP/1.1 server: <c>/</c> answers "name client-address:port", <c>/bytes/N</c> streams N bytes of
/// <see cref="TestPattern"/>, an upload (POST or PUT) is answered with its length and CRC-32C, <c>/health</c> with the
/// status that a <c>POST /health/STATUS</c> set (200 at first), <c>/delay/MS</c> as <c>/</c> after that time.
/// </summary>
public sealed class HttpServer : IAsyncDisposable
{
    private readonly ServerOptions _options;
    private readonly List<Socket> _listeners;
    private readonly HashSet<Socket> _connections = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _loops;
    private long _requests;
    private long _accepted;
    private int _health = 200;

    private HttpServer(ISocketSource source, ServerOptions options)
    {
        _options = options;
        _listeners = ServerSockets.Bind(source, options, SocketType.Stream, ProtocolType.Tcp);
        _listeners.ForEach(listener => listener.Listen(4096));
        _loops = [.. _listeners.Select(AcceptAsync)];
    }

    public string Name => _options.Name;

    public IReadOnlyList<int> Ports => [.. _listeners.Select(listener => ((IPEndPoint)listener.LocalEndPoint!).Port).Distinct()];

    /// <summary>Connections accepted so far.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Requests answered so far.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Connections open now.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>Listens; when this returns, clients can connect.</summary>
    public static HttpServer Start(ISocketSource source, ServerOptions options) => new(source, options);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listeners.ForEach(listener => listener.Dispose());
        lock (_gate)
        {
            foreach (var connection in _connections)
            {
                connection.Dispose();
            }
        }

        await Task.WhenAll(_loops);
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var connection = await listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                lock (_gate)
                {
                    _connections.Add(connection);
                }

                _ = ServeAsync(connection);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
            {
                return;
            }
            catch (SocketException e)
            {
                // A connection that ended before it was accepted is its client's affair.
                await Console.Error.WriteLineAsync($"{Name}: accept: {e.SocketErrorCode}");
            }
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            connection.NoDelay = true;
            var client = ServerSockets.Text(connection.RemoteEndPoint);
            var reader = new HttpReader(connection);
            while (await reader.ReadHeadAsync(_stop.Token) is { } head)
            {
                await AnswerAsync(connection, reader, head, client);
                Interlocked.Increment(ref _requests);
                if (head.Close)
                {
                    connection.Shutdown(SocketShutdown.Both);
                    return;
                }
            }
        }
        catch (Exception e) when (e is SocketException or InvalidDataException or OperationCanceledException or ObjectDisposedException)
        {
            // The client counts what it lost; a server sees half of its connections end like this when it is tested.
        }
        finally
        {
            lock (_gate)
            {
                _connections.Remove(connection);
            }

            connection.Dispose();
        }
    }

    private async Task AnswerAsync(Socket connection, HttpReader reader, HttpHead head, string client)
    {
        if (head.FirstLine.Split(' ') is not [var method, var path, _])
        {
            throw new InvalidDataException($"HTTP request line '{head.FirstLine}': expected method, path and version");
        }

        if (method is "POST" or "PUT")
        {
            await AnswerUploadAsync(connection, reader, head, path, client);
        }
        else if (path.StartsWith("/bytes/", StringComparison.Ordinal) && long.TryParse(path.AsSpan(7), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            await SendHeadAsync(connection, head, 200, length);
            for (long at = 0; at < length;)
            {
                var piece = TestPattern.Slice(at, length - at);
                await SendAllAsync(connection, piece);
                at += piece.Length;
            }
        }
        else if (path == "/health")
        {
            await SendAsync(connection, head, Volatile.Read(ref _health), Name);
        }
        else
        {
            if (path.StartsWith("/delay/", StringComparison.Ordinal))
            {
                await Task.Delay(int.Parse(path.AsSpan(7), NumberStyles.None, CultureInfo.InvariantCulture), _stop.Token);
            }

            await SendAsync(connection, head, 200, $"{Name} {client}");
        }
    }

    private async Task AnswerUploadAsync(Socket connection, HttpReader reader, HttpHead head, string path, string client)
    {
        var state = uint.MaxValue;
        var length = head.ContentLength;
        await reader.ReadBodyAsync(length, (_, piece) => state = Checksum.Crc32C(state, piece.Span), _stop.Token);
        if (path.StartsWith("/health/", StringComparison.Ordinal))
        {
            Volatile.Write(ref _health, int.Parse(path.AsSpan(8), NumberStyles.None, CultureInfo.InvariantCulture));
        }

        await SendAsync(connection, head, 200, string.Create(CultureInfo.InvariantCulture, $"{Name} {client} {length} {~state:x8}"));
    }

    private async Task SendAsync(Socket connection, HttpHead request, int status, string body)
        => await SendAllAsync(connection, Encoding.ASCII.GetBytes(Head(request, status, body.Length) + body));

    private async Task SendHeadAsync(Socket connection, HttpHead request, int status, long length)
        => await SendAllAsync(connection, Encoding.ASCII.GetBytes(Head(request, status, length)));

    private string Head(HttpHead request, int status, long length) => string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 {status} {(status == 200 ? "OK" : "Set")}\r\nServer: {Name}\r\nContent-Length: {length}\r\nConnection: {(request.Close ? "close" : "keep-alive")}\r\n\r\n");

    private async Task SendAllAsync(Socket connection, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await connection.SendAsync(bytes, SocketFlags.None, _stop.Token)..];
        }
    }
}
