using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Loxi.TestKit.Traffic;

namespace Loxi.Scenarios.RootTests;

/// <summary>A connection to an HTTP server of the lab that stays open until it is ended here.</summary>
internal sealed partial class HeldConnection : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private readonly Socket _socket;

    private HeldConnection(Socket socket) => _socket = socket;

    /// <summary>Who answered.</summary>
    public string Server { get; private set; } = "";

    /// <summary>Address and port that the server sees as the client's.</summary>
    public IPEndPoint Source { get; private set; } = null!;

    /// <summary>Opens a connection and asks once.</summary>
    public static async Task<HeldConnection> OpenAsync(ISocketSource client, IPEndPoint target)
    {
        var socket = client.CreateSocket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(target).WaitAsync(Limit);
            var connection = new HeldConnection(socket);
            (connection.Server, connection.Source) = await connection.AskAsync();
            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Opens so many, one after the other.</summary>
    public static async Task<IReadOnlyList<HeldConnection>> OpenAsync(ISocketSource client, IPEndPoint target, int count)
    {
        var connections = new List<HeldConnection>();
        while (connections.Count < count)
        {
            connections.Add(await OpenAsync(client, target));
        }

        return connections;
    }

    /// <summary>Asks who is there.</summary>
    public async Task<(string Server, IPEndPoint Source)> AskAsync()
    {
        await _socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray()).WaitAsync(Limit);
        var buffer = new byte[1000];
        var length = 0;
        Match answer;
        do
        {
            var got = await _socket.ReceiveAsync(buffer.AsMemory(length)).AsTask().WaitAsync(Limit);
            length += got > 0 ? got : throw new EndOfStreamException($"closed after {length} bytes of an answer");
            answer = AnswerPattern().Match(Encoding.ASCII.GetString(buffer, 0, length));
        }
        while (!answer.Success || answer.Groups["body"].Length < int.Parse(answer.Groups["length"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
        return (answer.Groups["server"].Value, IPEndPoint.Parse(answer.Groups["source"].ValueSpan));
    }

    /// <summary>Ends it by a RST.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    [GeneratedRegex(@"^HTTP/1\.1 200 (?s:.*?)Content-Length: (?<length>\d+)\r\n(?s:.*?)\r\n\r\n(?<body>(?<server>[^ ]+) (?<source>.*))$")]
    private static partial Regex AnswerPattern();
}
