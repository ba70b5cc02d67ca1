using System.Net.Sockets;
using Loxi.Bgp.Session;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Transport;

/// <content>What a step of the session asks for.</content>
internal sealed partial class PeerRunner
{
    private BgpState _shownState;

    private void Do(ReadOnlySpan<SessionAction> actions)
    {
        foreach (ref readonly var action in actions)
        {
            Do(action);
        }

        Rearm();
        if (_session.State != _shownState)
        {
            var from = _shownState;
            _shownState = _session.State;
            ShowState(from, _shownState);
        }

        ShowError();
    }

    private void Do(in SessionAction action)
    {
        switch (action.Kind)
        {
            case SessionActionKind.Connect:
                BeginConnect();
                break;
            case SessionActionKind.AbortConnect:
                AbortConnect();
                break;
            case SessionActionKind.Up:
                GoUp(_connections[action.Connection], action.Session!);
                break;
            case SessionActionKind.Down:
                _current?.AllowOutput(false);
                _current = null;
                _established = null;
                _rib.Down(action.Families);
                break;
            case SessionActionKind.PurgeStale:
                _rib.PurgeStale(action.Families[0]);
                break;
            case SessionActionKind.MarkLongLivedStale:
                _rib.MarkLongLivedStale(action.Families[0]);
                break;
            default:
                if (_connections.TryGetValue(action.Connection, out var connection))
                {
                    DoOn(connection, action);
                }

                break;
        }
    }

    private void DoOn(BgpConnection connection, in SessionAction action)
    {
        switch (action.Kind)
        {
            case SessionActionKind.SendOpen:
                connection.MaximumLength = action.Open!.Capabilities.ExtendedMessage ? MessageHeader.ExtendedMaximum : MessageHeader.PlainMaximum;
                Post(connection, OpenCodec.Write(action.Open, _message));
                break;
            case SessionActionKind.SendKeepalive:
                if (connection.PostKeepalive(_message.AsSpan(0, MessageHeader.WriteKeepalive(_message))))
                {
                    Interlocked.Increment(ref Counters.MessagesSent);
                }

                break;
            case SessionActionKind.SendNotification:
                var notification = action.Notification!;
                Counters.NotificationsSent++;
                Post(connection, NotificationCodec.Write(notification.Code, notification.Subcode, notification.Data.AsSpan(), _message));
                break;
            case SessionActionKind.Close:
                _connections.Remove(connection.Id);
                connection.Close();
                break;
        }
    }

    private void GoUp(BgpConnection connection, NegotiatedSession negotiated)
    {
        _established = new EstablishedSession(negotiated, connection.Local, connection.Remote);
        _current = connection;
        _rib.Up(_established);
        connection.AllowOutput(true);
        connection.SignalOutput();
    }

    private void Post(BgpConnection connection, int length)
    {
        Interlocked.Increment(ref Counters.MessagesSent);
        connection.Post(_message.AsSpan(0, length));
    }

    private BgpConnection Add(Socket socket)
    {
        var connection = new BgpConnection(++_lastId, socket, this, _time);
        connection.Start();
        _connections.Add(connection.Id, connection);
        Track(connection.Completion);
        return connection;
    }

    private void Track(Task task)
    {
        _tasks.RemoveAll(static done => done.IsCompletedSuccessfully);
        _tasks.Add(task);
    }
}
