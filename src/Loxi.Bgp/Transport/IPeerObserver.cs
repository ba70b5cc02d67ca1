using Loxi.Bgp.Session;

namespace Loxi.Bgp.Transport;

/// <summary>Hears what happens to a peer, under its lock: must not wait, nor call the peer back.</summary>
internal interface IPeerObserver
{
    void StateChanged(PeerRunner peer, BgpState from, BgpState to, SessionError? lastError);
}
