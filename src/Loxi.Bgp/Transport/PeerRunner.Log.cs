using System.Net;
using Loxi.Bgp.Session;
using Microsoft.Extensions.Logging;

namespace Loxi.Bgp.Transport;

/// <content>What it says.</content>
internal sealed partial class PeerRunner
{
    private void ShowState(BgpState from, BgpState to)
    {
        if (to == BgpState.Established)
        {
            LogEstablished(Settings.Address, _established!.Negotiated.Received.As, _established.Negotiated.HoldTime);
        }
        else if (from == BgpState.Established)
        {
            LogLost(Settings.Address, SessionErrorText.Of(_session.LastError), to);
        }
        else
        {
            LogState(Settings.Address, from, to);
        }

        _observer?.StateChanged(this, from, to, _session.LastError);
    }

    [LoggerMessage(4000, LogLevel.Information, "BGP session with {Peer} is Established: AS {As}, hold time {HoldTime} s")]
    private partial void LogEstablished(IPAddress peer, uint @as, int holdTime);

    [LoggerMessage(4001, LogLevel.Warning, "BGP session with {Peer} has ended: {Reason}; now {To}")]
    private partial void LogLost(IPAddress peer, string reason, BgpState to);

    [LoggerMessage(4002, LogLevel.Debug, "BGP session with {Peer} went from {From} to {To}")]
    private partial void LogState(IPAddress peer, BgpState from, BgpState to);
}
