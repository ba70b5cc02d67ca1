using Loxi.Linux.Interop;

namespace Loxi.Linux.Sockets;

/// <content>Many frames at once.</content>
public sealed unsafe partial class PacketSocket
{
    /// <summary>Sends the frames of a batch on their links, by one system call (sendmmsg) while all goes well. One that cannot be sent does not stop the others.</summary>
    /// <param name="batch">The frames; <see cref="PacketSendBatch.Error"/> says what became of each.</param>
    /// <returns>Number of frames that were sent.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="batch"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public int Send(PacketSendBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (done, sent) = (0, 0);
        while (done < batch.Count)
        {
            var count = Libc.SendMessages(_descriptor, batch.Headers + done, (uint)(batch.Count - done), 0);
            if (count > 0)
            {
                done += count;
                sent += count;
                continue;
            }

            // An error is of the first that is left: those before it were sent.
            var error = Libc.LastError;
            if (error != Errno.EINTR)
            {
                batch.SetError(done++, error);
            }
        }

        return sent;
    }
}
