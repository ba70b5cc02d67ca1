using Loxi.Linux.Interop;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Netlink.Wire;

namespace Loxi.Linux.Netlink;

/// <summary>
/// Reads and changes links, addresses, routes and neighbours of one network namespace. Each call is one request, answered by the
/// kernel before it returns (microseconds; dumps of large tables longer). Safe for concurrent use: calls take turns.
/// </summary>
/// <remarks>Reading needs no privilege, changing needs CAP_NET_ADMIN in the namespace. Linux 4.20 or newer for filtered dumps; older kernels send everything and the filter is applied here.</remarks>
public sealed partial class RtnetlinkClient : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private const int DumpAttempts = 16;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly Lock _turn = new();
    private readonly NetlinkSocket _socket;
    private readonly Waiter _waiter;
    private readonly byte[] _request = new byte[BufferSize];
    private readonly byte[] _answer = new byte[BufferSize];
    private uint _sequence;

    /// <summary>Opens a socket.</summary>
    /// <param name="networkNamespace">The namespace to work in; null for that of the calling thread. It may be disposed afterwards.</param>
    /// <exception cref="LinuxException">The socket cannot be opened.</exception>
    public RtnetlinkClient(NetworkNamespace? networkNamespace = null)
    {
        _waiter = new Waiter();
        try
        {
            _socket = NetlinkSocket.Open(networkNamespace);
        }
        catch
        {
            _waiter.Dispose();
            throw;
        }
    }

    private delegate void Compose<TState>(ref NetlinkWriter writer, TState state);

    private delegate bool Parse<T>(in NetlinkMessage message, out T item);

    /// <summary>Closes the socket.</summary>
    public void Dispose()
    {
        lock (_turn)
        {
            _socket.Dispose();
            _waiter.Dispose();
        }
    }

    /// <summary>Sends a change and waits for its acknowledgement.</summary>
    private void Change<TState>(string operation, ushort type, ushort flags, TState state, Compose<TState> compose, string? subject = null)
    {
        lock (_turn)
        {
            Send(type, (ushort)(Nl.FlagRequest | Nl.FlagAck | flags), state, compose);
            while (true)
            {
                var messages = new MessageReader(Receive(operation, subject));
                while (messages.TryRead(out var message))
                {
                    if (message.Sequence != _sequence || message.Type != Nl.Error)
                    {
                        continue;
                    }

                    var error = AckCodec.Parse(message, out var text);
                    if (error != 0)
                    {
                        throw new NetlinkException(operation, error, subject ?? state?.ToString(), text);
                    }

                    return;
                }
            }
        }
    }

    /// <summary>Sends a question that has one answer.</summary>
    private T Get<TState, T>(string operation, ushort type, ushort answerType, TState state, Compose<TState> compose, Parse<T> parse, string subject)
    {
        lock (_turn)
        {
            Send(type, Nl.FlagRequest, state, compose);
            while (true)
            {
                var messages = new MessageReader(Receive(operation, subject));
                while (messages.TryRead(out var message))
                {
                    if (message.Sequence != _sequence)
                    {
                        continue;
                    }

                    if (message.Type == Nl.Error)
                    {
                        var error = AckCodec.Parse(message, out var text);
                        throw new NetlinkException(operation, error, subject, text ?? (error == 0 ? "acknowledged without an answer" : null));
                    }

                    if (message.Type == answerType && parse(message, out var item))
                    {
                        return item;
                    }
                }
            }
        }
    }

    /// <summary>Reads a table; starts over when it changed meanwhile, so that the result is consistent.</summary>
    private List<T> Dump<TState, T>(string operation, ushort type, ushort answerType, TState state, Compose<TState> compose, Parse<T> parse)
    {
        var items = new List<T>();
        lock (_turn)
        {
            for (var attempt = 0; attempt < DumpAttempts; attempt++)
            {
                items.Clear();
                Send(type, Nl.FlagRequest | Nl.FlagDump, state, compose);
                if (ReadDump(operation, answerType, parse, items))
                {
                    return items;
                }
            }
        }

        throw new NetlinkException(operation, Errno.EINTR, null, $"the table changed during each of {DumpAttempts} readings");
    }

    private bool ReadDump<T>(string operation, ushort answerType, Parse<T> parse, List<T> items)
    {
        var consistent = true;
        while (true)
        {
            var messages = new MessageReader(Receive(operation, null));
            while (messages.TryRead(out var message))
            {
                if (message.Sequence != _sequence)
                {
                    continue;
                }

                consistent &= (message.Flags & Nl.FlagDumpInterrupted) == 0;
                if (message.Type is Nl.Done or Nl.Error)
                {
                    var error = AckCodec.Parse(message, out var text);
                    return error == 0 ? consistent : throw new NetlinkException(operation, error, null, text);
                }

                if (message.Type == answerType && parse(message, out var item))
                {
                    items.Add(item);
                }
            }
        }
    }

    private void Send<TState>(ushort type, ushort flags, TState state, Compose<TState> compose)
    {
        var writer = new NetlinkWriter(_request, type, flags, ++_sequence);
        compose(ref writer, state);
        _socket.Send(writer.Finish());
    }

    private ReadOnlySpan<byte> Receive(string operation, string? subject)
    {
        while (true)
        {
            var length = _socket.Receive(_answer, out var error);
            if (length > 0)
            {
                return _answer.AsSpan(0, length);
            }

            if (error != Errno.EAGAIN)
            {
                throw new NetlinkException(operation, error, subject);
            }

            if (!_waiter.Wait(_socket.Descriptor, AnswerLimit, CancellationToken.None))
            {
                throw new NetlinkException(operation, Errno.EAGAIN, subject, $"no answer from the kernel within {AnswerLimit.TotalSeconds} s");
            }
        }
    }
}
