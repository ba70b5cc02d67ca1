using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Loxi.Bgp.Transport;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Tests.Transport.Support;

/// <summary>Writes down what a peer's transport asks of the RIB, as lines.</summary>
internal sealed class FakeRib : IRibSession
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public ConcurrentQueue<byte[]> Output { get; } = new();

    public Func<byte[], ReceiveOutcome> OnReceive { get; set; } = static _ => default;

    public EstablishedSession? Session { get; private set; }

    public void Up(EstablishedSession session)
    {
        Session = session;
        Write("up");
    }

    public void Down(ImmutableArray<BgpFamily> kept) => Write($"down [{string.Join(' ', kept)}]");

    public void PurgeStale(BgpFamily family) => Write($"purge {family}");

    public void MarkLongLivedStale(BgpFamily family) => Write($"long-lived {family}");

    public ReceiveOutcome Receive(ReadOnlySpan<byte> updates)
    {
        var copy = updates.ToArray();
        for (var rest = updates; MessageHeader.Read(rest, 65_535, out var header, out _) == ParseStatus.Done; rest = rest[header.Length..])
        {
            Write($"update {header.Length}");
        }

        return OnReceive(copy);
    }

    public void Refresh(RouteRefreshMessage refresh) => Write($"refresh {refresh.Kind} {refresh.Family}");

    public int TakeOutput(Span<byte> buffer)
    {
        var length = 0;
        while (Output.TryPeek(out var next) && next.Length <= buffer.Length - length && Output.TryDequeue(out next))
        {
            next.CopyTo(buffer[length..]);
            length += next.Length;
        }

        return length;
    }

    /// <summary>Waits for the line, passing over others.</summary>
    public async Task WaitForAsync(string line)
    {
        using var limit = new CancellationTokenSource(Patience);
        var passed = new List<string>();
        try
        {
            while (true)
            {
                var next = await _lines.Reader.ReadAsync(limit.Token);
                if (next == line)
                {
                    return;
                }

                passed.Add(next);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"'{line}' did not come, but: {string.Join(", ", passed)}");
        }
    }

    public async Task<string> NextAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        return await _lines.Reader.ReadAsync(limit.Token);
    }

    private void Write(string line) => _lines.Writer.TryWrite(line);
}
