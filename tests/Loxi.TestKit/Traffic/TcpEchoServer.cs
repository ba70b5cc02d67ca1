using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Loxi.TestKit.Traffic;

/// <summary>A TCP server that sends back what it gets, until the client ends the connection.</summary>
public sealed class TcpEchoServer : IAsyncDisposable
{
    private readonly List<Socket> _listeners;
    private readonly HashSet<Socket> _connections = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _loops;

    private TcpEchoServer(ISocketSource source, ServerOptions options)
    {
        Name = options.Name;
        _listeners = ServerSockets.Bind(source, options, SocketType.Stream, ProtocolType.Tcp);
        _listeners.ForEach(static listener => listener.Listen(4096));
        _loops = [.. _listeners.Select(AcceptAsync)];
    }

    public string Name { get; }

    public IReadOnlyList<int> Ports => [.. _listeners.Select(static listener => ((IPEndPoint)listener.LocalEndPoint!).Port).Distinct()];

    /// <summary>Listens; when this returns, clients can connect.</summary>
    public static TcpEchoServer Start(ISocketSource source, ServerOptions options) => new(source, options);

    /// <summary>Resets all connections that are open, as a host does that comes back without them.</summary>
    public void ResetAll()
    {
        lock (_gate)
        {
            foreach (var connection in _connections)
            {
                connection.LingerState = new LingerOption(true, 0);
                connection.Dispose();
            }

            _connections.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listeners.ForEach(static listener => listener.Dispose());
        ResetAll();
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
                lock (_gate)
                {
                    _connections.Add(connection);
                }

                _ = EchoAsync(connection);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
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

    /// <summary>Thousands of connections wait without a buffer each.</summary>
    private async Task<bool> EchoOnceAsync(Socket connection)
    {
        _ = await connection.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, _stop.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            var length = await connection.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, _stop.Token);
            for (var rest = buffer.AsMemory(0, length); rest.Length > 0;)
            {
                rest = rest[await connection.SendAsync(rest, SocketFlags.None, _stop.Token)..];
            }

            return length > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task EchoAsync(Socket connection)
    {
        try
        {
            connection.NoDelay = true;
            while (await EchoOnceAsync(connection))
            {
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client counts what it lost.
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
}
