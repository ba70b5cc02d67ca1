using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Loxi.Bgp.Session;
using Loxi.Linux;

namespace Loxi.Bgp.Transport;

/// <content>Own attempts to connect.</content>
internal sealed partial class PeerRunner
{
    private CancellationTokenSource? _attempt;

    private void BeginConnect()
    {
        Counters.ConnectAttempts++;
        _attempt = new CancellationTokenSource();
        Track(ConnectAsync(_attempt, Settings, LocalOpen.IsExternal(_speaker, Settings)));
    }

    private void AbortConnect()
    {
        var attempt = _attempt;
        _attempt = null;
        // Off the lock: its callbacks close the socket.
        ThreadPool.UnsafeQueueUserWorkItem(static attempt => attempt?.Cancel(), attempt, preferLocal: false);
    }

    private async Task ConnectAsync(CancellationTokenSource attempt, BgpPeerSettings settings, bool isExternal)
    {
        // Off the caller's stack, which holds the lock.
        await Task.Yield();
        Socket? socket = null;
        string? failure = null;
        try
        {
            (socket, var target) = _namespace is null ? Open(settings, isExternal) : _namespace.Run(() => Open(settings, isExternal));
            await socket.ConnectAsync(target, attempt.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or LinuxException or OperationCanceledException or ObjectDisposedException)
        {
            socket?.Dispose();
            failure = exception.Message;
        }

        lock (_gate)
        {
            if (_attempt != attempt || _isDisposed)
            {
                socket?.Dispose();
                return;
            }

            _attempt = null;
            Do(failure is null && TryAdd(socket!, out var connection, out failure) ? _session.Connected(connection.Id, Now) : _session.ConnectFailed(failure!, Now));
        }
    }

    // The peer may have reset it already.
    private bool TryAdd(Socket socket, [NotNullWhen(true)] out BgpConnection? connection, [NotNullWhen(false)] out string? failure)
    {
        try
        {
            connection = Add(socket);
            failure = null;
            return true;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            socket.Dispose();
            connection = null;
            failure = exception.Message;
            return false;
        }
    }

    private static (Socket Socket, IPEndPoint Target) Open(BgpPeerSettings settings, bool isExternal)
    {
        var target = new IPEndPoint(Links.Scoped(settings.Address, settings.Interface), settings.RemotePort);
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            TcpOptions.Apply(socket, settings, isExternal);
            if (settings.Interface is { } device)
            {
                // .NET has no word for the kernel's ENODEV.
                Links.Index(device);
                TcpOptions.BindToDevice(socket, device, settings.Address);
            }

            if (settings.Md5Password is { } password)
            {
                TcpOptions.SetMd5Key(socket, target.Address, null, password);
            }

            if (settings.TcpAo is { } key)
            {
                TcpOptions.SetTcpAoKey(socket, target.Address, null, key);
            }

            if (settings.LocalAddress is { } local)
            {
                socket.Bind(new IPEndPoint(Links.OnLinkOf(local, target.Address), 0));
            }

            return (socket, target);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
