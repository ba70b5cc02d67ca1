using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Loxi.TestKit.Traffic;

/// <summary>Reads HTTP/1.1 messages with a Content-Length from a connection.</summary>
internal sealed class HttpReader(Socket socket, int bufferSize = 16384)
{
    private readonly byte[] _buffer = new byte[bufferSize];
    private int _start;
    private int _end;

    /// <summary>The next message's first line and headers (names in lower case); null when the peer has closed before its first byte.</summary>
    internal async ValueTask<HttpHead?> ReadHeadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                var head = HttpHead.Parse(Encoding.Latin1.GetString(_buffer, _start, end));
                _start += end + 4;
                return head;
            }

            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }

            if (_end == _buffer.Length)
            {
                throw new InvalidDataException($"HTTP head longer than {_buffer.Length} bytes");
            }

            var read = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancellation);
            if (read == 0)
            {
                return _end == 0 ? null : throw new InvalidDataException($"connection closed within an HTTP head of {_end} bytes");
            }

            _end += read;
        }
    }

    /// <summary>Reads exactly <paramref name="length"/> bytes of body, in pieces.</summary>
    internal async ValueTask ReadBodyAsync(long length, Action<long, ReadOnlyMemory<byte>>? piece, CancellationToken cancellation)
    {
        for (long at = 0; at < length;)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, await socket.ReceiveAsync(_buffer.AsMemory(), SocketFlags.None, cancellation));
                if (_end == 0)
                {
                    throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"connection closed after {at} of {length} bytes of body"));
                }
            }

            var take = (int)Math.Min(length - at, _end - _start);
            piece?.Invoke(at, _buffer.AsMemory(_start, take));
            _start += take;
            at += take;
        }
    }

    internal async ValueTask<string> ReadTextAsync(long length, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        await ReadBodyAsync(length, (_, bytes) => text.Append(Encoding.Latin1.GetString(bytes.Span)), cancellation);
        return text.ToString();
    }
}
