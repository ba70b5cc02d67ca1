using System.Buffers;
using System.IO.Pipelines;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Transport;

/// <summary>
/// One connection with a peer: a loop that reads into a pipe and one that writes from another. Who has it takes frames out of the one and puts frames into the other, on one thread and without waiting; both are bounded.
/// </summary>
internal sealed class SyncConnection
{
    private const int SegmentSize = 16 * 1024;
    private const int SendLimit = 256 * 1024;

    // Above the longest frame: else half of one could wait for the rest for ever.
    private const int ReceiveLimit = 4 * SyncFrame.LongestLength;

    private readonly Stream _stream;
    private readonly Action _abort;
    private readonly Pipe _in = new(new PipeOptions(pauseWriterThreshold: ReceiveLimit, resumeWriterThreshold: ReceiveLimit / 2, minimumSegmentSize: SegmentSize, useSynchronizationContext: false));

    // Not bounded by the pipe, which would have its writer wait, but by CanSend.
    private readonly Pipe _out = new(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: SegmentSize, useSynchronizationContext: false));
    private Action _wake = static () => { };
    private long _queued;
    private long _sent;
    private bool _isBlocked;
    private string? _end;

    /// <param name="peer">The peer.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="pin">The pin of the certificate that it has shown.</param>
    /// <param name="remote">Where it is, for people.</param>
    /// <param name="stream">The octets; disposed at the end.</param>
    /// <param name="abort">Ends what reads or writes the stream, from any thread.</param>
    public SyncConnection(byte peer, SyncChannel channel, CertificatePin pin, string remote, Stream stream, Action abort)
    {
        (Peer, Channel, Pin, Remote, _stream, _abort) = (peer, channel, pin, remote, stream, abort);
    }

    public byte Peer { get; }

    public SyncChannel Channel { get; }

    public CertificatePin Pin { get; }

    public string Remote { get; }

    /// <summary>Ends when both loops have ended and the stream is closed.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Why it has ended.</summary>
    public string EndReason => Volatile.Read(ref _end) ?? "";

    /// <summary>Octets that were sent and have not left the process.</summary>
    public long Unsent => Volatile.Read(ref _queued) - Volatile.Read(ref _sent);

    /// <summary>Whether a frame may be sent. If not, whoever has it is woken when it may.</summary>
    public bool CanSend
    {
        get
        {
            if (Unsent < SendLimit)
            {
                return true;
            }

            // Said before it is looked at again: the loop that writes looks in the other order.
            Volatile.Write(ref _isBlocked, true);
            Interlocked.MemoryBarrier();
            return Unsent < SendLimit;
        }
    }

    /// <summary>Begins to read and to write.</summary>
    /// <param name="wake">Called from any thread when there is something to receive, room to send, or the end.</param>
    public void Start(Action wake)
    {
        _wake = wake;
        Completion = RunAsync();
    }

    /// <summary>Takes the next frame.</summary>
    /// <param name="frame">Receives it; room for the longest.</param>
    /// <param name="length">Its length.</param>
    /// <param name="problem">With <see cref="SyncInput.Malformed"/> what is wrong.</param>
    public SyncInput TryReceive(Span<byte> frame, out int length, out SyncFrameProblem problem)
    {
        (length, problem) = (0, SyncFrameProblem.None);
        if (!_in.Reader.TryRead(out var result))
        {
            return SyncInput.Nothing;
        }

        var buffer = result.Buffer;
        if (buffer.Length >= SyncFrame.PrefixLength)
        {
            Span<byte> prefix = stackalloc byte[SyncFrame.PrefixLength];
            buffer.Slice(0, SyncFrame.PrefixLength).CopyTo(prefix);
            problem = SyncFrame.ReadLength(prefix, out length);
            if (problem != SyncFrameProblem.None)
            {
                _in.Reader.AdvanceTo(buffer.Start);
                return SyncInput.Malformed;
            }

            if (buffer.Length >= length)
            {
                buffer.Slice(0, length).CopyTo(frame);
                _in.Reader.AdvanceTo(buffer.GetPosition(length));
                return SyncInput.Frame;
            }
        }

        length = 0;
        _in.Reader.AdvanceTo(buffer.Start, buffer.End);
        if (!result.IsCompleted)
        {
            return SyncInput.Nothing;
        }

        return buffer.IsEmpty ? SyncInput.Ended : SyncInput.EndedInFrame;
    }

    /// <summary>Sends a frame. Does not wait.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        Volatile.Write(ref _queued, _queued + frame.Length);
        _out.Writer.Write(frame);
        var flushed = _out.Writer.FlushAsync();
        System.Diagnostics.Debug.Assert(flushed.IsCompleted, "The pipe has no threshold.");
        _ = flushed.GetAwaiter().GetResult();
    }

    /// <summary>Ends it, from any thread. What was not sent is not.</summary>
    /// <param name="reason">Why, unless it has ended before.</param>
    public void Close(string reason)
    {
        Interlocked.CompareExchange(ref _end, reason, null);
        _abort();
        _out.Reader.CancelPendingRead();
        _in.Writer.CancelPendingFlush();
    }

    private async Task RunAsync()
    {
        // Off the caller's thread, which has other connections too.
        await Task.Yield();
        var writing = GuardAsync(WriteAsync);
        await GuardAsync(ReadAsync).ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

#pragma warning disable CA1031 // Whatever ends a loop ends this connection, says why, and nothing else.
    private async Task GuardAsync(Func<Task> loop)
    {
        try
        {
            await loop().ConfigureAwait(false);
            Close("the peer closed the connection");
        }
        catch (Exception e)
        {
            Close((e.InnerException ?? e).Message);
        }
    }
#pragma warning restore CA1031

    private async Task ReadAsync()
    {
        var writer = _in.Writer;
        try
        {
            while (true)
            {
                var read = await _stream.ReadAsync(writer.GetMemory(SegmentSize)).ConfigureAwait(false);
                if (read == 0)
                {
                    return;
                }

                writer.Advance(read);
                var flushed = writer.FlushAsync();
                _wake();
                if ((await flushed.ConfigureAwait(false)).IsCanceled)
                {
                    return;
                }
            }
        }
        finally
        {
            await writer.CompleteAsync().ConfigureAwait(false);
            _wake();
        }
    }

    private async Task WriteAsync()
    {
        var reader = _out.Reader;
        while (true)
        {
            var result = await reader.ReadAsync().ConfigureAwait(false);
            if (result.IsCanceled)
            {
                return;
            }

            foreach (var segment in result.Buffer)
            {
                await _stream.WriteAsync(segment).ConfigureAwait(false);
                NoteSent(segment.Length);
            }

            reader.AdvanceTo(result.Buffer.End);
        }
    }

    private void NoteSent(int length)
    {
        Volatile.Write(ref _sent, _sent + length);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isBlocked) && Unsent < SendLimit)
        {
            Volatile.Write(ref _isBlocked, false);
            _wake();
        }
    }
}
