using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Loxi.TestKit.Traffic;

/// <summary>An HTTP/1.1 connection that asks a <see cref="HttpServer"/> who it is.</summary>
internal sealed class HttpLoadConnection : ILoadConnection
{
    private readonly LoadOptions _options;
    private readonly Socket _socket;
    private readonly HttpReader _reader;
    private readonly byte[] _request;
    private CancellationTokenSource _timeout = new();

    internal HttpLoadConnection(ISocketSource source, LoadOptions options)
    {
        _options = options;
        _socket = source.CreateSocket(options.Target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _reader = new HttpReader(_socket, 2048);
        _request = Encoding.ASCII.GetBytes(
            $"GET {options.Path} HTTP/1.1\r\nHost: {options.Target}\r\nConnection: {(options.KeepAlive ? "keep-alive" : "close")}\r\n\r\n");
    }

    public bool Broken { get; set; }

    public async Task ConnectAsync()
    {
        _socket.NoDelay = true;
        if (_options.Source is { } source)
        {
            _socket.Bind(new IPEndPoint(source, 0));
        }

        await _socket.ConnectAsync(_options.Target, Limit());
    }

    public async Task<(string Server, string Client)> RequestAsync()
    {
        var limit = Limit();
        var sent = await _socket.SendAsync(_request, SocketFlags.None, limit);
        if (sent != _request.Length)
        {
            throw new InvalidDataException($"{sent} of {_request.Length} bytes of a request were sent");
        }

        var head = await _reader.ReadHeadAsync(limit) ?? throw new EndOfStreamException("closed before the answer");
        var body = await _reader.ReadTextAsync(head.ContentLength, limit);
        if (head.Status != 200 || body.Split(' ') is not [var server, var client] || !IPEndPoint.TryParse(client, out var seen))
        {
            throw new InvalidDataException($"'{head.FirstLine}' '{(body.Length > 80 ? body[..80] : body)}': expected 200 and 'name client'");
        }

        if (!_options.KeepAlive && await _reader.ReadHeadAsync(limit) is not null)
        {
            throw new InvalidDataException("data after the answer of a connection that was to close");
        }

        return (server, seen.Address.ToString());
    }

    public void Dispose()
    {
        _socket.Dispose();
        _timeout.Dispose();
    }

    private CancellationToken Limit()
    {
        if (!_timeout.TryReset())
        {
            _timeout.Dispose();
            _timeout = new CancellationTokenSource();
        }

        _timeout.CancelAfter(_options.Timeout);
        return _timeout.Token;
    }
}
