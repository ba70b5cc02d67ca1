using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Loxi.TestKit.Traffic;

/// <summary>A UDP server that answers <c>name|client address:port|payload</c>.</summary>
public sealed class UdpEchoServer : IAsyncDisposable
{
    private readonly ServerOptions _options;
    private readonly List<Socket> _sockets;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _loops;
    private long _answered;

    private UdpEchoServer(ISocketSource source, ServerOptions options)
    {
        _options = options;
        _sockets = ServerSockets.Bind(source, options, SocketType.Dgram, ProtocolType.Udp);
        _loops = [.. _sockets.Select(EchoAsync)];
    }

    public string Name => _options.Name;

    public IReadOnlyList<int> Ports => [.. _sockets.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port).Distinct()];

    public long Answered => Interlocked.Read(ref _answered);

    public static UdpEchoServer Start(ISocketSource source, ServerOptions options) => new(source, options);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _sockets.ForEach(socket => socket.Dispose());
        await Task.WhenAll(_loops);
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task EchoAsync(Socket socket)
    {
        var buffer = new byte[65536];
        var any = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, any, _stop.Token);
                var head = Encoding.ASCII.GetBytes($"{Name}|{ServerSockets.Text(received.RemoteEndPoint)}|");
                byte[] answer = [.. head, .. buffer.AsSpan(0, Math.Min(received.ReceivedBytes, 65000))];
                await socket.SendToAsync(answer, SocketFlags.None, received.RemoteEndPoint, _stop.Token);
                Interlocked.Increment(ref _answered);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // An ICMP error of an earlier answer, or no route back to this client: the next client is served.
                await Console.Error.WriteLineAsync($"{Name}: {e.SocketErrorCode}");
            }
        }
    }
}
