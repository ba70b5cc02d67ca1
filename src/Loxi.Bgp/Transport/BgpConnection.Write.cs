using System.Net.Sockets;

namespace Loxi.Bgp.Transport;

/// <content>The loop that writes.</content>
internal sealed partial class BgpConnection
{
    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                // Read first: last words may be posted between a look that finds nothing and this one.
                var isClosing = _isClosing;
                var length = Fill();
                if (length > 0)
                {
                    await SendAsync(length).ConfigureAwait(false);
                }
                else if (isClosing)
                {
                    _socket.Shutdown(SocketShutdown.Send);
                    return;
                }
                else
                {
                    await _signal.WaitAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Ends the reading loop, which tells the owner.
            _writeFailure = exception.Message;
            _socket.Dispose();
        }
        catch (Exception exception)
        {
            _owner.Failed(this, exception);
            _socket.Dispose();
        }
    }

    private async ValueTask SendAsync(int length)
    {
        var left = _output.AsMemory(0, length);
        while (!left.IsEmpty)
        {
            left = left[await _socket.SendAsync(left, SocketFlags.None).ConfigureAwait(false)..];
        }

        Volatile.Write(ref _sentAt, _time.GetTimestamp());
    }

    private int Fill()
    {
        lock (_postGate)
        {
            if (_postedLength > 0)
            {
                // Longer than the buffer only when tens of refreshes were posted at once.
                var length = Math.Min(_postedLength, _output.Length);
                _posted.AsSpan(0, length).CopyTo(_output);
                _posted.AsSpan(length, _postedLength - length).CopyTo(_posted);
                _postedLength -= length;
                _hasKeepalive = false;
                return length;
            }
        }

        lock (_outputGate)
        {
            return _mayTake ? _owner.TakeOutput(_output) : 0;
        }
    }
}
