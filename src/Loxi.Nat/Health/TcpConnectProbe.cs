using System.Net.Sockets;

namespace Loxi.Nat.Health;

/// <summary>
/// A probe that opens a TCP connection and closes it at once by FIN. An endpoint that speaks first may see a RST, because what it
/// sent is never read. The closed socket stays in TIME_WAIT on this node for 60 s; the kernel picks source ports per
/// destination, so that thousands of targets do not exhaust them.
/// </summary>
public sealed class TcpConnectProbe : IEndpointProbe
{
    /// <inheritdoc/>
    public async ValueTask<ProbeResult> ProbeAsync(ProbeTarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        try
        {
            using var socket = new Socket(target.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(target.Address, target.Port, cancellationToken).ConfigureAwait(false);
            socket.Shutdown(SocketShutdown.Both);
            return ProbeResult.Success;
        }
        catch (SocketException exception)
        {
            return Classify(exception.SocketErrorCode);
        }
        catch (OperationCanceledException)
        {
            return ProbeResult.TimedOut;
        }
    }

    internal static ProbeResult Classify(SocketError error) => error switch
    {
        SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.ConnectionAborted => ProbeResult.Refused,
        SocketError.NotConnected => ProbeResult.Refused,
        SocketError.TimedOut or SocketError.OperationAborted => ProbeResult.TimedOut,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown => ProbeResult.Unreachable,
        _ => ProbeResult.LocalError,
    };
}
