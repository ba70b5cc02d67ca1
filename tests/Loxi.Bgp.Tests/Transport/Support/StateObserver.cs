using System.Threading.Channels;
using Loxi.Bgp.Session;
using Loxi.Bgp.Transport;

namespace Loxi.Bgp.Tests.Transport.Support;

/// <summary>The states that a peer enters, in order.</summary>
internal sealed class StateObserver : IPeerObserver, IDisposable
{
    private readonly Channel<BgpState> _states = Channel.CreateUnbounded<BgpState>();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(20));

    public void StateChanged(PeerRunner peer, BgpState from, BgpState to, SessionError? lastError) => _states.Writer.TryWrite(to);

    public async Task WaitForAsync(BgpState state)
    {
        while (await _states.Reader.ReadAsync(_limit.Token) != state)
        {
        }
    }

    public void Dispose() => _limit.Dispose();
}
