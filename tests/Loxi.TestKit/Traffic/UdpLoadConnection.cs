using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Loxi.TestKit.Traffic;

/// <summary>A UDP flow that asks a <see cref="UdpEchoServer"/> who it is.</summary>
internal sealed class UdpLoadConnection : ILoadConnection
{
    private readonly LoadOptions _options;
    private readonly Socket _socket;
    private readonly byte[] _request;
    private readonly byte[] _answer = new byte[65536];
    private long _sequence;

    internal UdpLoadConnection(ISocketSource source, LoadOptions options)
    {
        _options = options;
        _socket = source.CreateSocket(options.Target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _request = new byte[Math.Max(8, options.PayloadLength)];
        TestPattern.Slice(0, _request.Length).CopyTo(_request);
    }

    public bool Broken { get; set; }

    public async Task ConnectAsync()
    {
        if (_options.Source is { } source)
        {
            _socket.Bind(new IPEndPoint(source, 0));
        }

        await _socket.ConnectAsync(_options.Target);
    }

    public async Task<(string Server, string Client)> RequestAsync()
    {
        using var limit = new CancellationTokenSource(_options.Timeout);
        BinaryPrimitives.WriteInt64BigEndian(_request, ++_sequence);
        await _socket.SendAsync(_request, SocketFlags.None, limit.Token);
        while (true)
        {
            var length = await _socket.ReceiveAsync(_answer.AsMemory(), SocketFlags.None, limit.Token);
            var (server, client, at) = ReadHead(length);
            var echo = _answer.AsSpan(at, length - at);
            if (echo.Length >= 8 && BinaryPrimitives.ReadInt64BigEndian(echo) < _sequence)
            {
                // Late answer to a request that was counted as failed.
                continue;
            }

            return echo.SequenceEqual(_request)
                ? (server, client)
                : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"echo of {echo.Length} bytes differs from the request of {_request.Length}"));
        }
    }

    public void Dispose() => _socket.Dispose();

    private (string Server, string Client, int At) ReadHead(int length)
    {
        var first = _answer.AsSpan(0, length).IndexOf((byte)'|');
        var second = first < 0 ? -1 : _answer.AsSpan(first + 1, length - first - 1).IndexOf((byte)'|');
        return second >= 0 && IPEndPoint.TryParse(Encoding.ASCII.GetString(_answer, first + 1, second), out var client)
            ? (Encoding.ASCII.GetString(_answer, 0, first), client.Address.ToString(), first + second + 2)
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"answer of {length} bytes: expected 'name|client|payload'"));
    }
}
