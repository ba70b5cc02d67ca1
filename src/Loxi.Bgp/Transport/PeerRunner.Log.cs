using System.Net;
using Loxi.Bgp.Session;
using Microsoft.Extensions.Logging;

namespace Loxi.Bgp.Transport;

/// <content>What it says.</content>
internal sealed partial class PeerRunner
{
    private SessionError? _shownError;
    private string? _shownReason;

    private void ShowState(BgpState from, BgpState to)
    {
        if (to == BgpState.Established)
        {
            _shownReason = null;
            LogEstablished(Settings.Address, _established!.Negotiated.Received.As, _established.Negotiated.HoldTime);
            if (_established.Negotiated.Received.Capabilities.Ignored is { IsEmpty: false } ignored)
            {
                LogIgnoredCapabilities(Settings.Address, string.Join(", ", ignored));
            }
        }
        else if (from == BgpState.Established)
        {
            _shownError = _session.LastError;
            LogLost(Settings.Address, SessionErrorText.Of(_shownError), to);
        }
        else
        {
            LogState(Settings.Address, from, to);
        }

        _observer?.StateChanged(this, from, to, _session.LastError);
    }

    // Why it does not come up: once for each reason, however often it is tried.
    private void ShowError()
    {
        var error = _session.LastError;
        if (ReferenceEquals(error, _shownError) || error is null)
        {
            return;
        }

        _shownError = error;
        var reason = SessionErrorText.Of(error);
        if (reason != _shownReason)
        {
            _shownReason = reason;
            LogNotUp(Settings.Address, reason);
        }
    }

    [LoggerMessage(4000, LogLevel.Information, "BGP session with {Peer} is Established: AS {As}, hold time {HoldTime} s")]
    private partial void LogEstablished(IPAddress peer, uint @as, int holdTime);

    [LoggerMessage(4001, LogLevel.Warning, "BGP session with {Peer} has ended: {Reason}; now {To}")]
    private partial void LogLost(IPAddress peer, string reason, BgpState to);

    [LoggerMessage(4002, LogLevel.Debug, "BGP session with {Peer} went from {From} to {To}")]
    private partial void LogState(IPAddress peer, BgpState from, BgpState to);

    [LoggerMessage(4003, LogLevel.Warning, "BGP session with {Peer} does not come up: {Reason}")]
    private partial void LogNotUp(IPAddress peer, string reason);

    [LoggerMessage(4005, LogLevel.Warning, "BGP peer {Peer} has sent malformed capabilities, which count as not sent: {Codes}")]
    private partial void LogIgnoredCapabilities(IPAddress peer, string codes);

    [LoggerMessage(4004, LogLevel.Error, "BGP session with {Peer} was ended by a defect of this program")]
    private partial void LogFailed(Exception exception, IPAddress peer);
}
