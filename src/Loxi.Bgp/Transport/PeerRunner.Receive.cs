using System.Buffers;
using Loxi.Bgp.Session;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Transport;

/// <content>What connections bring.</content>
internal sealed partial class PeerRunner
{
    void IConnectionOwner.Received(BgpConnection connection, ref ReadOnlySequence<byte> buffer)
    {
        lock (_gate)
        {
            while (!connection.IsClosing)
            {
                var status = connection.Framer.Next(ref buffer, connection.MaximumLength, out var run, out var header, out var error);
                if (status == ParseStatus.NeedMore)
                {
                    return;
                }

                if (status == ParseStatus.Invalid)
                {
                    Fail(connection, error, run);
                    return;
                }

                Take(connection, header.Type, run);
            }
        }
    }

    void IConnectionOwner.Ended(BgpConnection connection, string reason)
    {
        lock (_gate)
        {
            Do(_session.Closed(connection.Id, reason, Now));
        }
    }

    void IConnectionOwner.Failed(BgpConnection connection, Exception exception)
    {
        LogFailed(exception, Settings.Address);
        lock (_gate)
        {
            Do(_session.Closed(connection.Id, $"internal error: {exception.Message}", Now));
        }
    }

    int IConnectionOwner.TakeOutput(Span<byte> buffer)
    {
        var length = _rib.TakeOutput(buffer);
        CountOutput(buffer[..length]);
        return length;
    }

    private void CountOutput(ReadOnlySpan<byte> output)
    {
        while (MessageHeader.Read(output, MessageHeader.ExtendedMaximum, out var header, out _) == ParseStatus.Done)
        {
            Interlocked.Increment(ref Counters.MessagesSent);
            Interlocked.Add(ref Counters.UpdatesSent, header.Type == MessageType.Update ? 1 : 0);
            // The marks of an enhanced refresh (RFC 7313 3).
            Interlocked.Add(ref Counters.RefreshesSent, header.Type == MessageType.RouteRefresh ? 1 : 0);
            output = output[header.Length..];
        }
    }

    private void Take(BgpConnection connection, MessageType type, ReadOnlySpan<byte> run)
    {
        if (type == MessageType.Update)
        {
            TakeUpdates(connection, run);
            return;
        }

        Counters.MessagesReceived++;
        switch (type)
        {
            case MessageType.Open:
                TakeOpen(connection, run);
                break;
            case MessageType.Keepalive:
                Do(_session.KeepaliveReceived(connection.Id, Now));
                break;
            case MessageType.Notification:
                Counters.NotificationsReceived++;
                Do(_session.NotificationReceived(connection.Id, NotificationCodec.Read(run), Now));
                break;
            case MessageType.RouteRefresh:
                Counters.RefreshesReceived++;
                TakeRefresh(connection, run);
                break;
        }
    }

    private void TakeUpdates(BgpConnection connection, ReadOnlySpan<byte> run)
    {
        Do(_session.RoutesReceived(connection.Id, Now));
        if (connection.IsClosing)
        {
            return;
        }

        var count = 0;
        for (var rest = run; MessageHeader.Read(rest, MessageHeader.ExtendedMaximum, out var header, out _) == ParseStatus.Done; rest = rest[header.Length..])
        {
            count++;
        }

        Counters.MessagesReceived += count;
        Counters.UpdatesReceived += count;
        var outcome = _rib.Receive(run);
        if (outcome.EndOfRibIpv4)
        {
            Do(_session.EndOfRib(connection.Id, BgpFamily.Ipv4Unicast, Now));
        }

        if (outcome.EndOfRibIpv6)
        {
            Do(_session.EndOfRib(connection.Id, BgpFamily.Ipv6Unicast, Now));
        }

        if (!outcome.Error.IsNone)
        {
            Fail(connection, outcome.Error, run[outcome.ErrorAt..]);
        }
        else if (outcome.LimitExceeded is { } family)
        {
            Do(_session.PrefixLimitExceeded(connection.Id, family, Now));
        }
    }

    private void TakeOpen(BgpConnection connection, ReadOnlySpan<byte> message)
    {
        if (OpenCodec.Read(message, out var error) is { } open)
        {
            Do(_session.OpenReceived(connection.Id, open, Now));
        }
        else
        {
            Fail(connection, error, message);
        }
    }

    private void TakeRefresh(BgpConnection connection, ReadOnlySpan<byte> message)
    {
        Do(_session.RoutesReceived(connection.Id, Now));
        if (connection.IsClosing || _established is not { Negotiated: { } negotiated })
        {
            return;
        }

        if (!RouteRefreshCodec.TryRead(message, negotiated.Families, negotiated.EnhancedRouteRefresh, out var refresh, out var error))
        {
            Fail(connection, error, message);
        }
        else if (refresh.Kind != RouteRefreshKind.Ignored)
        {
            _rib.Refresh(refresh);
        }
    }

    // The data of the NOTIFICATION is a part of the message at fault.
    private void Fail(BgpConnection connection, in BgpError error, ReadOnlySpan<byte> message)
    {
        var length = NotificationCodec.WriteError(error, message, _message);
        var data = _message.AsSpan(MessageHeader.Size + 2, length - MessageHeader.Size - 2);
        Do(_session.MessageFailed(connection.Id, new SessionNotification(error.Code, error.Subcode, [.. data]), Now));
    }
}
