using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Loxi.Benchmarks.Ha;

/// <summary>
/// Has a .NET process collect its whole heap, blocking, again and again: by the request to its diagnostic port that heap snapshots begin with (EventPipe, keyword
/// GCHeapCollect). The process needs no code for it; a native one has no such port.
/// </summary>
internal sealed class ForcedCollections : IAsyncDisposable
{
    private const byte EventPipe = 2;
    private const byte StopTracing = 1;
    private const byte CollectTracing = 2;
    private const byte Ok = 0;
    private const byte Server = 0xff;
    private const int HeaderLength = 20;
    private const ulong CollectHeap = 0x80_0000;
    private const ulong Collections = 1;
    private const uint Informational = 4;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private int _count;

    private ForcedCollections(int pid, TimeSpan period) => _loop = Task.Run(() => LoopAsync(pid, period));

    /// <summary>How many were done.</summary>
    internal int Count => Volatile.Read(ref _count);

    internal static ForcedCollections Start(int pid, TimeSpan period) => new(pid, period);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task LoopAsync(int pid, TimeSpan period)
    {
        using var timer = new PeriodicTimer(period, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await CollectAsync(pid);
                Interlocked.Increment(ref _count);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It is over.
        }
    }

    private static async Task CollectAsync(int pid)
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        using var session = await ConnectAsync(pid, limit.Token);
        var id = BinaryPrimitives.ReadUInt64LittleEndian(await AskAsync(session, CollectTracing, Request(), 8, limit.Token));
        // The session is there when the collection is done; what it tells is read so that it can end.
        var drained = DrainAsync(session, limit.Token);
        using (var other = await ConnectAsync(pid, limit.Token))
        {
            var stop = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(stop, id);
            _ = await AskAsync(other, StopTracing, stop, 8, limit.Token);
        }

        await drained;
    }

    private static async Task<Socket> ConnectAsync(int pid, CancellationToken cancellation)
    {
        var pattern = string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{pid}-*-socket");
        var path = Directory.GetFiles(Path.GetTempPath(), pattern).Order(StringComparer.Ordinal).LastOrDefault()
            ?? throw new InvalidOperationException($"process {pid} has no diagnostic port '{Path.Combine(Path.GetTempPath(), pattern)}': expected a .NET process that is not native");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        return socket;
    }

    private static byte[] Request()
    {
        var name = Encoding.Unicode.GetBytes("Microsoft-Windows-DotNETRuntime\0");
        var bytes = new byte[12 + 8 + 4 + 4 + name.Length + 4];
        var rest = bytes.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(rest, 1); // MiB of buffers
        BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], 1); // nettrace
        BinaryPrimitives.WriteUInt32LittleEndian(rest[8..], 1); // providers
        BinaryPrimitives.WriteUInt64LittleEndian(rest[12..], CollectHeap | Collections);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[20..], Informational);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[24..], (uint)(name.Length / 2));
        name.CopyTo(rest[28..]);
        return bytes;
    }

    private static async Task<byte[]> AskAsync(Socket socket, byte command, byte[] body, int answer, CancellationToken cancellation)
    {
        var message = new byte[HeaderLength + body.Length];
        "DOTNET_IPC_V1\0"u8.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        (message[16], message[17]) = (EventPipe, command);
        body.CopyTo(message, HeaderLength);
        _ = await socket.SendAsync(message, cancellation);
        var header = await ReadAsync(socket, HeaderLength, cancellation);
        return header[16] == Server && header[17] == Ok
            ? await ReadAsync(socket, answer, cancellation)
            : throw new InvalidOperationException($"the diagnostic port refuses command {command}: {Convert.ToHexString(header)}");
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int length, CancellationToken cancellation)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var count = await socket.ReceiveAsync(bytes.AsMemory(read), cancellation);
            read += count > 0 ? count : throw new IOException("the diagnostic port closed before it had answered");
        }

        return bytes;
    }

    private static async Task DrainAsync(Socket socket, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 16];
        while (await socket.ReceiveAsync(buffer.AsMemory(), cancellation) > 0)
        {
        }
    }
}
