using System.Globalization;
using System.Net;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Traffic;

/// <summary>
/// An SCTP server that takes messages and says of each association, when it has ended, how many there were: <c>tsctp</c>, a user-space
/// stack over raw sockets. IPv4 only, bound to one address, so that its associations have one path.
/// </summary>
public sealed class SctpServer : IAsyncDisposable
{
    private readonly LabProcess _process;
    private int _reported;

    private SctpServer(LabProcess process) => _process = process;

    /// <summary>Starts a server; when this returns, it listens.</summary>
    public static async Task<SctpServer> StartAsync(LabHost host, IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(host);
        var process = host.Start("sctp-server", LabPrograms.Tsctp, "-L", address.ToString(), "-p", port.ToString(CultureInfo.InvariantCulture));
        await process.WaitForLineAsync(FormattableString.Invariant($"bound port:{port} "));
        return new SctpServer(process);
    }

    /// <summary>Waits for the end of the next association and returns what came in it. One caller at a time.</summary>
    public async Task<SctpTransfer> ReceiveAsync(TimeSpan? timeout = null)
    {
        var seen = 0;
        var skip = _reported;
        var line = await _process.WaitForLineAsync(text => SctpTransfer.TryParse(text, out _) && seen++ >= skip, "with the numbers of an association", timeout);
        _reported++;
        return SctpTransfer.TryParse(line, out var transfer) ? transfer : throw new InvalidOperationException(line);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
