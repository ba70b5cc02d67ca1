using System.IO.Pipelines;
using System.Net.Sockets;

namespace Loxi.Bgp.Transport;

/// <content>The loop that reads.</content>
internal sealed partial class BgpConnection
{
    private async Task ReadAsync(NetworkStream stream)
    {
        string? reason = null;
        try
        {
            await ReadAsync(PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadSize, minimumReadSize: ReadSize / 8, leaveOpen: true))).ConfigureAwait(false);
            reason = "the peer closed the connection";
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or SocketException)
        {
            reason = _writeFailure ?? (exception.InnerException is SocketException inner ? inner.Message : exception.Message);
        }

        catch (Exception exception)
        {
            _owner.Failed(this, exception);
        }

        if (!_isClosing && reason is not null)
        {
            _owner.Ended(this, reason);
        }
    }

    private async Task ReadAsync(PipeReader reader)
    {
        try
        {
            ReadResult result;
            do
            {
                result = await reader.ReadAsync().ConfigureAwait(false);
                var buffer = result.Buffer;
                Take(ref buffer);
                reader.AdvanceTo(buffer.Start, result.Buffer.End);
            }
            while (!result.IsCompleted);
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private void Take(ref System.Buffers.ReadOnlySequence<byte> buffer)
    {
        if (!_isClosing)
        {
            _owner.Received(this, ref buffer);
        }

        if (_isClosing)
        {
            // Octets left unread would turn the end of the stream into a reset, which can overtake the NOTIFICATION.
            buffer = buffer.Slice(buffer.End);
        }
    }
}
