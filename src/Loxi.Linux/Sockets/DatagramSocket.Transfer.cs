using Loxi.Linux.Interop;

namespace Loxi.Linux.Sockets;

/// <content>Receiving and sending.</content>
public sealed unsafe partial class DatagramSocket
{
    // Each pending error is reported once. A flood of ICMP must not keep the caller here; what waits is found by the next receive.
    private const int MostErrorsInARow = 16;

    /// <summary>Receives what waits, as much as the batch holds, by one system call (recvmmsg), without blocking.</summary>
    /// <param name="batch">Where the datagrams go; what it held before is lost.</param>
    /// <returns>Number of datagrams; 0 when none wait. When it is the batch's capacity, more may wait.</returns>
    /// <exception cref="LinuxException">The kernel refused; never because of what the network sent.</exception>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public int Receive(DatagramReceiveBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Prepare();
        for (var errors = 0; errors < MostErrorsInARow;)
        {
            var count = Libc.ReceiveMessages(Descriptor, batch.Headers, (uint)batch.Capacity, Libc.MsgDontWait | Libc.MsgTruncated, null);
            if (count >= 0)
            {
                batch.Decode(count);
                return count;
            }

            switch (Libc.LastError)
            {
                case Errno.EAGAIN:
                    return 0;
                case Errno.EINTR:
                    break;
                case var error when IsOfNetwork(error):
                    Note(error);
                    errors++;
                    break;
                default:
                    throw Libc.Failure("receive from", What);
            }
        }

        return 0;
    }

    /// <summary>Sends one datagram to the peer of <see cref="Connect"/>, without blocking.</summary>
    /// <param name="payload">Its bytes.</param>
    /// <param name="error">0 when it was sent, else why not (<see cref="Errno"/>): <see cref="Errno.ENETUNREACH"/>, <see cref="Errno.EAGAIN"/> when the send buffer is full, <see cref="Errno.EPERM"/> when a firewall refused.</param>
    /// <returns>Whether it was sent.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public bool TrySend(ReadOnlySpan<byte> payload, out int error)
    {
        fixed (byte* bytes = payload)
        {
            var isRetry = false;
            while (true)
            {
                if (Libc.Send(Descriptor, bytes, (nuint)payload.Length, Libc.MsgDontWait) >= 0)
                {
                    error = 0;
                    return true;
                }

                error = Libc.LastError;
                if (error == Errno.EINTR)
                {
                    continue;
                }

                // An ICMP error for an earlier datagram is reported instead of sending this one: once more.
                if (isRetry || !IsOfNetwork(error))
                {
                    return false;
                }

                Note(error);
                isRetry = true;
            }
        }
    }

    /// <summary>Sends the datagrams of a batch, by one system call (sendmmsg) while all goes well, without blocking. One that cannot be sent does not stop the others.</summary>
    /// <param name="batch">The datagrams; they stay in it, with <see cref="DatagramSendBatch.Error"/> of each.</param>
    /// <returns>Number of datagrams sent.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public int Send(DatagramSendBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var sent = 0;
        var isRetry = false;
        for (var next = 0; next < batch.Count;)
        {
            var count = Libc.SendMessages(Descriptor, batch.Headers + next, (uint)(batch.Count - next), Libc.MsgDontWait);
            if (count > 0)
            {
                batch.SetErrors(next, count, 0);
                next += count;
                sent += count;
                isRetry = false;
                continue;
            }

            var error = Libc.LastError;
            if (error == Errno.EINTR)
            {
                continue;
            }

            if (error == Errno.EAGAIN)
            {
                batch.SetErrors(next, batch.Count - next, error);
                break;
            }

            if (IsOfNetwork(error) && !isRetry)
            {
                Note(error);
                isRetry = true;
                continue;
            }

            batch.SetErrors(next++, 1, error);
            isRetry = false;
        }

        return sent;
    }

    // What ICMP and ICMPv6 are converted to (net/ipv4/icmp.c, net/ipv6/icmp.c).
    private static bool IsOfNetwork(int error) => error is Errno.ECONNREFUSED or Errno.EHOSTUNREACH or Errno.ENETUNREACH or Errno.EHOSTDOWN
        or Errno.ENOPROTOOPT or Errno.EPROTO or Errno.EMSGSIZE or Errno.EACCES or Errno.EOPNOTSUPP or Errno.ENONET or Errno.ENETDOWN;

    private void Note(int error)
    {
        NetworkErrors++;
        LastNetworkError = error;
    }
}
