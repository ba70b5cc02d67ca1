using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Loxi.Linux.Interop;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Netlink.Wire;

namespace Loxi.Linux.Netlink;

/// <summary>
/// Delivers changes of links, addresses, routes, rules, neighbours and traffic control of one network namespace as the kernel reports them. It listens from
/// construction on, so: construct it, dump with <see cref="RtnetlinkClient"/>, then run it, and nothing is missed.
/// </summary>
/// <remarks>
/// When events come faster than they are handled and the receive buffer overruns, the kernel drops some. The monitor then throws away what
/// is still queued (older than the loss) and delivers <see cref="NetworkChangeKind.Resync"/>. One consumer at a time. Needs no privilege.
/// </remarks>
public sealed class RtnetlinkMonitor : IDisposable
{
    /// <summary>Receive buffer by default: 4 MiB, some ten thousand events.</summary>
    public const int DefaultReceiveBuffer = 4 * 1024 * 1024;

    private const int BufferSize = 64 * 1024;
    private const int QueueLength = 1024;
    private const uint NewLinkChangeMask = uint.MaxValue;

    private readonly NetlinkSocket _socket;
    private readonly Waiter _waiter;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _running;

    /// <summary>Opens a socket and listens.</summary>
    /// <param name="groups">What to listen to.</param>
    /// <param name="networkNamespace">The namespace to listen in; null for that of the calling thread. It may be disposed afterwards.</param>
    /// <param name="receiveBuffer">Bytes of kernel buffer, above 0. With CAP_NET_ADMIN beyond net.core.rmem_max. The default is <see cref="DefaultReceiveBuffer"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The buffer is not above 0.</exception>
    /// <exception cref="LinuxException">The socket cannot be opened.</exception>
    public RtnetlinkMonitor(RtnetlinkGroups groups = RtnetlinkGroups.All, NetworkNamespace? networkNamespace = null, int receiveBuffer = DefaultReceiveBuffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(receiveBuffer);
        _waiter = new Waiter();
        try
        {
            _socket = NetlinkSocket.Open(networkNamespace);
            Libc.SetReceiveBuffer(_socket.Descriptor, receiveBuffer, "netlink socket");
            ReadOnlySpan<(RtnetlinkGroups Group, int Number)> numbers =
            [
                (RtnetlinkGroups.Links, 1),
                (RtnetlinkGroups.Neighbours, 3),
                (RtnetlinkGroups.Addresses, 5),
                (RtnetlinkGroups.Addresses, 9),
                (RtnetlinkGroups.Routes, 7),
                (RtnetlinkGroups.Routes, 11),
                (RtnetlinkGroups.Rules, 8),
                (RtnetlinkGroups.Rules, 19),
                (RtnetlinkGroups.TrafficControl, 4),
            ];
            foreach (var (group, number) in numbers)
            {
                if ((groups & group) != 0)
                {
                    _socket.Join(number);
                }
            }
        }
        catch
        {
            _socket?.Dispose();
            _waiter.Dispose();
            throw;
        }
    }

    /// <summary>Delivers events on the calling thread until cancelled. Neighbour events allocate nothing.</summary>
    /// <param name="handler">Called for each event; what it throws ends the loop.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="InvalidOperationException">It runs already.</exception>
    /// <exception cref="NetlinkException">The socket failed, or the kernel sent what this library cannot read.</exception>
    public void Run(NetworkChangeHandler handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (Interlocked.Exchange(ref _running, 1) != 0)
        {
            throw new InvalidOperationException("The monitor runs already: one consumer at a time.");
        }

        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var length = _socket.Receive(_buffer, out var error);
                if (length > 0)
                {
                    Deliver(_buffer.AsSpan(0, length), handler);
                }
                else if (error == Errno.EAGAIN)
                {
                    _waiter.Wait(_socket.Descriptor, Timeout.InfiniteTimeSpan, cancellationToken);
                }
                else if (error == Errno.ENOBUFS)
                {
                    Drain(cancellationToken);
                    handler(new NetworkChange { Kind = NetworkChangeKind.Resync });
                }
                else
                {
                    throw new NetlinkException("receive network changes", error);
                }
            }
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    /// <summary>
    /// Events as an asynchronous sequence, which ends by cancellation alone. A thread of its own receives; a consumer that falls behind by
    /// more than a thousand events lets the kernel's buffer fill, and a <see cref="NetworkChangeKind.Resync"/> tells when that overran.
    /// </summary>
    /// <param name="cancellationToken">Ends the sequence with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The events.</returns>
    /// <exception cref="NetlinkException">The socket failed, or the kernel sent what this library cannot read.</exception>
    public async IAsyncEnumerable<NetworkChange> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var queue = Channel.CreateBounded<NetworkChange>(new BoundedChannelOptions(QueueLength) { SingleReader = true, SingleWriter = true });
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Pump(queue.Writer, ended, stop.Token)) { IsBackground = true, Name = "rtnetlink-monitor" };
        thread.UnsafeStart();
        try
        {
            await foreach (var change in queue.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return change;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ended.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Closes the socket. Cancel what runs first.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        _waiter.Dispose();
    }

    internal static void Deliver(ReadOnlySpan<byte> datagram, NetworkChangeHandler handler)
    {
        var messages = new MessageReader(datagram);
        while (messages.TryRead(out var message))
        {
            if (TryParse(message, out var change))
            {
                handler(in change);
            }
        }
    }

    private static bool TryParse(in NetlinkMessage message, out NetworkChange change)
    {
        change = default;
        switch (message.Type)
        {
            case Nl.NewLink or Nl.DelLink when LinkCodec.TryParse(message.Payload, out var link, out var mask):
                var newLink = mask == NewLinkChangeMask ? NetworkChangeAction.Added : NetworkChangeAction.Changed;
                change = new() { Kind = NetworkChangeKind.Link, Action = message.Type == Nl.DelLink ? NetworkChangeAction.Removed : newLink, Link = link };
                return true;
            case Nl.NewAddr or Nl.DelAddr when AddressCodec.TryParse(message.Payload, out var address):
                change = new() { Kind = NetworkChangeKind.Address, Action = ActionOf(message.Type == Nl.DelAddr), Address = address };
                return true;
            case Nl.NewRoute or Nl.DelRoute when RouteCodec.TryParse(message.Payload, out var route):
                var replaced = (message.Flags & Nl.FlagReplace) != 0;
                var newRoute = !replaced && (message.Flags & (Nl.FlagCreate | Nl.FlagAppend)) != 0 ? NetworkChangeAction.Added : NetworkChangeAction.Changed;
                change = new() { Kind = NetworkChangeKind.Route, Action = message.Type == Nl.DelRoute ? NetworkChangeAction.Removed : newRoute, Route = route };
                return true;
            case Nl.NewNeigh or Nl.DelNeigh when NeighbourCodec.TryParse(message.Payload, out var neighbour):
                change = new() { Kind = NetworkChangeKind.Neighbour, Action = ActionOf(message.Type == Nl.DelNeigh), Neighbour = neighbour };
                return true;
            case Nl.NewRule or Nl.DelRule when RuleCodec.TryParse(message.Payload, out var rule):
                change = new() { Kind = NetworkChangeKind.Rule, Action = message.Type == Nl.DelRule ? NetworkChangeAction.Removed : NetworkChangeAction.Added, Rule = rule };
                return true;
            case Nl.NewQdisc or Nl.DelQdisc or Nl.NewClass or Nl.DelClass or Nl.NewFilter or Nl.DelFilter when TrafficControlCodec.TryParse(message.Payload, out var index):
                var gone = message.Type is Nl.DelQdisc or Nl.DelClass or Nl.DelFilter;
                change = new() { Kind = NetworkChangeKind.TrafficControl, Action = ActionOf(gone), TrafficControlInterface = index };
                return true;
            default:
                return false;
        }
    }

    private static NetworkChangeAction ActionOf(bool removed) => removed ? NetworkChangeAction.Removed : NetworkChangeAction.Changed;

    // After an overrun the kernel delivers nothing until the queue is empty, without saying so again: what is queued is older
    // than what was lost. Only after it is read to the end is a dump newer than everything that can still arrive before it.
    private void Drain(CancellationToken cancellationToken)
    {
        int error;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            _socket.Receive(_buffer, out error);
        }
        while (error is 0 or Errno.ENOBUFS);
        if (error != Errno.EAGAIN)
        {
            throw new NetlinkException("receive network changes", error);
        }
    }

    private void Pump(ChannelWriter<NetworkChange> queue, TaskCompletionSource ended, CancellationToken stop)
    {
        Exception? failure = null;
        try
        {
            Run(
                (in change) =>
                {
                    if (!queue.TryWrite(change))
                    {
                        queue.WriteAsync(change, stop).AsTask().GetAwaiter().GetResult();
                    }
                },
                stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // the way it ends
        }
#pragma warning disable CA1031 // Every failure is carried to the reader.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }

        queue.TryComplete(failure);
        ended.SetResult();
    }
}
