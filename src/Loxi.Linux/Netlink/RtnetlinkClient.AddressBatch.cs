using Loxi.Linux.Netlink.Wire;

namespace Loxi.Linux.Netlink;

/// <content>Many addresses at once.</content>
public sealed partial class RtnetlinkClient
{
    // Each acknowledgement takes about 800 bytes of a receive buffer of 208 KiB, the kernel's default; one that does not fit is lost.
    private const int MostChangesOfSend = 128;

    /// <summary>Adds and removes addresses, 128 by each send, acknowledgements read together. One that is refused does not stop the others.</summary>
    /// <param name="changes">The changes, done in this order.</param>
    /// <param name="errors">Room for as many results: 0 where it was done, else why not (<see cref="Errno"/>): <see cref="Errno.EEXIST"/>, <see cref="Errno.EADDRNOTAVAIL"/>, <see cref="Errno.ENODEV"/>, <see cref="Errno.EPERM"/>.</param>
    /// <returns>Number of changes that were refused.</returns>
    /// <exception cref="ArgumentException">There is not as much room as changes.</exception>
    /// <exception cref="NetlinkException">The kernel did not answer, or not as a kernel does.</exception>
    public int ChangeAddresses(ReadOnlySpan<AddressChange> changes, Span<int> errors)
    {
        if (errors.Length < changes.Length)
        {
            throw new ArgumentException($"Room for {errors.Length} results of {changes.Length} changes: expected as many.", nameof(errors));
        }

        var refused = 0;
        lock (_turn)
        {
            for (var start = 0; start < changes.Length; start += MostChangesOfSend)
            {
                var count = Math.Min(MostChangesOfSend, changes.Length - start);
                refused += SendChanges(changes.Slice(start, count), errors.Slice(start, count));
            }
        }

        return refused;
    }

    private int SendChanges(ReadOnlySpan<AddressChange> changes, Span<int> errors)
    {
        var length = 0;
        var first = _sequence + 1;
        foreach (var change in changes)
        {
            var flags = Nl.FlagRequest | Nl.FlagAck | (change.IsRemoval ? 0 : Nl.FlagCreate | Nl.FlagExclusive);
            var writer = new NetlinkWriter(_request.AsSpan(length), change.IsRemoval ? Nl.DelAddr : Nl.NewAddr, (ushort)flags, ++_sequence);
            AddressCodec.Write(ref writer, change.Address);
            length += writer.Finish().Length;
        }

        _socket.Send(_request.AsSpan(0, length));
        var refused = 0;
        for (var answered = 0; answered < changes.Length;)
        {
            var messages = new MessageReader(Receive("change addresses", null));
            while (messages.TryRead(out var message))
            {
                var index = message.Sequence - first;
                if (message.Type == Nl.Error && index < (uint)changes.Length)
                {
                    errors[(int)index] = AckCodec.Parse(message, out _);
                    refused += errors[(int)index] == 0 ? 0 : 1;
                    answered++;
                }
            }
        }

        return refused;
    }
}
